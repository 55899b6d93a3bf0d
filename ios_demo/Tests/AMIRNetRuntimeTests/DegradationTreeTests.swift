/// Walks through the tree, and what is no tree (CONTRACT T, C).
import XCTest

@testable import AMIRNetRuntime

final class DegradationTreeTests: XCTestCase {
    private let tree = try! treeNamed("example")

    func testWalkTakesTheLikelierChildToTheLeaf() {
        XCTAssertEqual(tree.walk([1, 0.9, 0.1, 0.2, 0.8, 0, 0]).path, [0, 1, 4])
        XCTAssertEqual(tree.walk([1, 0.1, 0.9, 0.2, 0.8, 0, 0]).path, [0, 2, 5])
    }

    func testWalkStopsBelowTheChildsConfidenceAndNotAtIt() {
        XCTAssertEqual(tree.walk([1, 0.75, 0.5, 0.5, 0, 0, 0]).path, [0, 1, 3], "0.6 is reached exactly")
        XCTAssertEqual(tree.walk([1, 0.59, 0.41, 1, 0, 0, 0]).path, [0])
    }

    func testATieTakesTheLowerIndexWhateverTheOrderOfTheChildren() throws {
        for name in ["example", "shuffled"] {
            XCTAssertEqual(try treeNamed(name).walk([1, 0.75, 0.25, 0.5, 0.5, 0, 0]).path, [0, 1, 3])
        }
    }

    func testAnOnlyChildIsCertain() {
        XCTAssertEqual(tree.walk([1, 0.1, 0.9, 0.4, 0.4, 0.2, 0]).confidences, [1, 0.9, 1])
    }

    func testChildrenWithoutAnyMaskHaveProbabilityZero() {
        XCTAssertEqual(tree.steps(tree.root, [1, 0, 0, 0, 0, 0, 0]).map(\.probability), [0, 0])
    }

    func testHalfStepsRoundUpAlsoBelowZero() throws {
        let code = try tree.codeFor(0, soft: [-0.0078125, 9, 9, 9, 9, 9, 9])
        XCTAssertEqual(code, [0, 0, 0, 0, 0, 0, 0])
    }

    func testNodeConditioningAndAForcedNodeGiveTheStoredCode() throws {
        let soft = [Double](repeating: 0.3, count: 7)
        XCTAssertEqual(try treeNamed("without_kinds").codeFor(4, soft: soft), [Float](repeating: 1, count: 7))
        XCTAssertEqual(try tree.codeFor(4), [Float](repeating: 1, count: 7))
    }

    func testEveryWalkIsAPathOfTheTree() throws {
        let full = try treeNamed("full")
        for seed in 0..<200 {
            var random = Random(seed: UInt64(seed))
            let mask = (0..<full.size).map { _ in Double(random.below(1000)) / 1000 }
            let walk = full.walk(mask)
            XCTAssertEqual(walk.path, try full.pathTo(walk.node))
            XCTAssertEqual(walk.path.count, walk.confidences.count)
        }
    }

    func testARestrictedWalkEndsAtAnAllowedLeaf() throws {
        for seed in 0..<100 {
            var random = Random(seed: UInt64(seed))
            let mask = (0..<7).map { _ in Double(random.below(1000)) / 1000 }
            for kind in ["noise", "jpeg", "lowlight", "none"] {
                let allowed = try allowedFor(tree, [kind])
                let walk = tree.walk(mask, allowed: allowed)
                XCTAssertTrue(try tree.node(walk.node).children.isEmpty && allowed.contains(walk.node))
            }
        }
    }

    func testLikelihoodsAddUpAndTheLikeliestComesFirst() {
        for seed in 1..<100 {
            var random = Random(seed: UInt64(seed))
            let found = likelihoods(tree, (0..<7).map { _ in Double(1 + random.below(1000)) / 1000 })
            XCTAssertEqual(added(found.map(\.likelihood)), 1, accuracy: 1e-12)
            XCTAssertEqual(found.map(\.likelihood), found.map(\.likelihood).sorted(by: >))
        }
    }

    func testAKindThatIsNoneIsNamedWithThoseThereAre() {
        XCTAssertThrowsError(try checkKind(tree, "scratches")) { error in
            XCTAssertTrue(error is NodeError && "\(error)".contains("jpeg, lowlight, motion, noise, none"), "\(error)")
        }
    }

    func testWhatIsNoTreeIsRefused() {
        let root = TreeNode(id: 0, level: 0, index: 0, parent: nil, children: [1], confidence: 0, code: [0, 0, 0])
        func child(_ id: Int, level: Int = 1, index: Int = 0, parent: Int? = 0, confidence: Double = 0.5) -> TreeNode {
            TreeNode(
                id: id, level: level, index: index, parent: parent, children: [], confidence: confidence,
                code: [0.25, 0, 0])
        }
        let wrong: [([TreeNode], String)] = [
            ([], "exactly one node"), ([root, root], "the same id"), ([root], "not in the tree"),
            ([root, child(1), child(2)], "the same level and index"),
            ([root, child(1, index: 2)], "outside its level"),
            ([root, child(1, level: 2)], "on level 2 of 2"), ([root, child(1, parent: nil)], "must have a parent"),
            ([root, child(1, parent: 7)], "disagree"), ([root, child(1, confidence: 1.5)], "confidence outside"),
            ([root, child(1), child(2, index: 1)], "not among its parent's children"),
        ]
        for (nodes, problem) in wrong {
            XCTAssertThrowsError(try DegradationTree(levels: 2, codeSteps: 4, conditioning: .node, nodes: nodes)) {
                XCTAssertTrue($0 is ManifestError && "\($0)".contains(problem), "\($0) does not say \(problem)")
            }
        }
    }
}
