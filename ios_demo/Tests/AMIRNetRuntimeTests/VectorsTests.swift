/// Every vector there is is replayed, and every clause that the code cites is there.
import XCTest

@testable import AMIRNetRuntime

final class VectorsTests: XCTestCase {
    /// By what the calls of `replay` in the tests' own sources name.
    func testEveryVectorFileIsReplayed() throws {
        var replayed: Set<String> = []
        for source in try sources("\(REPOSITORY)/ios_demo/Tests/AMIRNetRuntimeTests") {
            for match in source.matches(of: /replay\("(\w+)", "(\w+)"[,)]/) { replayed.insert("\(match.1) \(match.2)") }
        }
        var there: Set<String> = []
        for file in try FileManager.default.contentsOfDirectory(atPath: VECTORS) where file.hasSuffix(".json") {
            let name = String(file.dropLast(5))
            for group in try document(name)["groups"].keys { there.insert("\(name) \(group)") }
        }
        XCTAssertGreaterThan(there.count, 20)
        XCTAssertEqual(there.subtracting(replayed).sorted(), [], "vectors that no test replays")
        XCTAssertEqual(replayed.subtracting(there).sorted(), [], "tests of vectors that are not there")
    }

    func testEveryClauseTheCodeCitesExistsAndNoneIsDefinedTwice() throws {
        let contract = String(decoding: try bytesOf("\(REPOSITORY)/sdk/contract/CONTRACT.md"), as: UTF8.self)
        let defined = contract.matches(of: /(?m)^- \*\*([A-Z]\d+)\*\*/).map { String($0.1) }
        XCTAssertEqual(Set(defined).count, defined.count)
        var cited: Set<String> = []
        for source in try sources("\(REPOSITORY)/ios_demo/Sources") {
            for match in source.matches(of: /CONTRACT ([^)\n]*)/) {
                for clause in match.1.matches(of: /\b[A-Z]\d+\b/) { cited.insert(String(clause.0)) }
            }
        }
        XCTAssertGreaterThan(cited.count, 30)
        XCTAssertEqual(cited.subtracting(defined), [])
    }

    func testEveryErrorInTheContractExistsAndTheOtherWayRound() throws {
        let contract = String(decoding: try bytesOf("\(REPOSITORY)/sdk/contract/CONTRACT.md"), as: UTF8.self)
        let table = contract.components(separatedBy: "<!-- example: errors -->")[1].components(separatedBy: "\n\n")[0]
        let named = Set(table.matches(of: /(?m)^\| (\w+Error) \|/).map { String($0.1) })
        let source = String(
            decoding: try bytesOf("\(REPOSITORY)/ios_demo/Sources/AMIRNetRuntime/Errors.swift"), as: UTF8.self)
        let classes = Set(source.matches(of: /class (\w+Error): \w+Error/).map { String($0.1) })
        XCTAssertEqual(classes, named)
    }

    private func sources(_ folder: String) throws -> [String] {
        let names = FileManager.default.enumerator(atPath: folder)!.compactMap { $0 as? String }
        return try names.filter { $0.hasSuffix(".swift") }.map {
            String(decoding: try bytesOf("\(folder)/\($0)"), as: UTF8.self)
        }
    }
}
