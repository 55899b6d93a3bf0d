/// Vectors of padding, probes, trees and walks, replayed (CONTRACT N1, P, D, T).
import XCTest

@testable import AMIRNetRuntime

final class ContractProbesTests: XCTestCase {
    func testPadding() throws {
        try replay("padding", "coordinates") { given, expected in
            let found = sourceCoordinates(given["first"].int, given["end"].int, given["n"].int)
            XCTAssertEqual(found, expected["read_from"].ints)
        }
    }

    func testRectangle() throws {
        try replay("padding", "rectangle") { given, expected in
            let box = ["left", "top", "width", "height"].map { given[$0].int }
            let found = crop(try pixels(given["photo"]), box[0], box[1], box[2], box[3])
            XCTAssertEqual(found, try pixels(expected["pixels"]))
        }
    }

    func testNumbers() throws {
        try replay("padding", "numbers") { given, expected in
            let levels = try content(given["levels"])
            let gray = Pixels(height: 1, width: levels.count, bytes: levels.flatMap { [$0, $0, $0] })
            let wanted = try float32(expected["numbers"])
            XCTAssertEqual(toTensor(gray), wanted + wanted + wanted)
        }
    }

    func testProbePlan() throws {
        try replay("probes", "plan") { given, expected in
            let plan = ProbePlan(
                given["width"].int, given["height"].int, size: given["size"].int,
                probesPerSide: given["probes_per_side"].int)
            let (x, y) = (expected["x"].ints, expected["y"].ints)
            XCTAssertEqual(plan.columns, x)
            XCTAssertEqual(plan.rows, y)
            XCTAssertEqual(plan.places.map { [$0.left, $0.top] }, y.flatMap { top in x.map { [$0, top] } })
            XCTAssertEqual(plan.count, x.count * y.count)
        }
    }

    func testGathered() throws {
        try replay("probes", "gather") { given, expected in
            let photo = try pixels(given["photo"])
            let plan = ProbePlan(
                photo.width, photo.height, size: given["size"].int, probesPerSide: given["probes_per_side"].int)
            let found = try plan.gather { photo.block($0, 0, $1 - $0, photo.width) }
            XCTAssertEqual(found, try squares(expected["probes"]))
        }
    }

    func testAverage() throws {
        try replay("probes", "average") { given, expected in
            let (masks, values) = (given["mask"].items.map(\.floats), given["value"].items.map(\.floats))
            let (mask, soft) = average(masks, values, trim: given["trim"].int)
            XCTAssertEqual(mask, expected["mask"].doubles)
            XCTAssertEqual(soft, expected["soft_code"].doubles)
        }
    }

    /// 2^53 takes up two ones together, but not one after the other.
    func testProductsAreAddedAsTheyRise() {
        let large: Float = 9_007_199_254_740_992
        let (_, soft) = average([[1], [1], [1]], [[large], [1], [1]])
        XCTAssertEqual(soft, [(Double(large) + 2) / 3])
    }

    func testPath() throws {
        try replay("trees", "path") { given, expected in
            let its = try treeNamed(given["tree"].string)
            let (path, entry) = (try its.pathTo(given["node"].int), try its.node(given["node"].int).entry)
            XCTAssertEqual(path, expected["path"].ints)
            XCTAssertEqual(entry, expected["entry"].int)
        }
    }

    func testWalk() throws {
        try replay("walk", "walk") { given, expected in
            let walk = try treeNamed(given["tree"].string).walk(given["mask"].doubles)
            XCTAssertEqual(walk.path, expected["path"].ints)
            XCTAssertEqual(walk.confidences, expected["probabilities"].doubles)
            XCTAssertEqual(walk.confidence, expected["confidence"].double)
        }
    }

    func testKinds() throws {
        try replay("walk", "kinds") { given, expected in
            let node = try treeNamed(given["tree"].string).node(given["node"].int)
            let found = shares(node)
            XCTAssertEqual(found.map(\.kind), expected["shares"].keys.sorted())
            for (kind, share) in found { XCTAssertEqual(share, expected["shares"][kind].double) }
            XCTAssertEqual(commonest(node), expected["commonest"].isNull ? nil : expected["commonest"].string)
        }
    }

    func testRestricted() throws {
        try replay("walk", "restricted") { given, expected in
            let (its, mask) = (try treeNamed(given["tree"].string), given["mask"].doubles)
            let walk = its.walk(mask, allowed: try allowedFor(its, Set(given["kinds"].strings)))
            XCTAssertEqual(walk.path, expected["path"].ints)
            XCTAssertEqual(walk.confidences, expected["probabilities"].doubles)
            XCTAssertEqual(walk.path != its.walk(mask).path, expected["stored"].bool)
        }
    }

    func testLikelihoods() throws {
        try replay("walk", "likelihoods") { given, expected in
            let found = likelihoods(try treeNamed(given["tree"].string), given["mask"].doubles)
            let stated = expected["likelihoods"]
            let wanted = stated.keys.map { Likelihood(kind: $0, likelihood: stated[$0].double) }
            let order = wanted.sorted { ($1.likelihood, $0.kind) < ($0.likelihood, $1.kind) }
            XCTAssertEqual(found, order, "the likeliest first")
        }
    }
}
