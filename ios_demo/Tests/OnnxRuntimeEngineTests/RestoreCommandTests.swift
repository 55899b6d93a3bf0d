/// The command: what it refuses, what it leaves behind, and that it restores (CONTRACT R4, R8).
import AMIRNetRuntime
import Foundation
import XCTest

@testable import RestoreCommand

private let MODEL =
    "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/sdk/amirnet/bundles/tiny"

final class RestoreCommandTests: XCTestCase {
    func testAPhotoIsRestored() async throws {
        try await inFolder { folder in
            try photo("\(folder)/a.ppm", 40, 30)
            let status = await RestoreCommand.run([
                "\(folder)/a.ppm", "--model", MODEL, "--json", "--precision", "int8",
            ])
            XCTAssertEqual(status, 0)
            XCTAssertEqual(try names(folder), ["a.ppm", "a_restored.ppm"])
            let rows = try PpmRows("\(folder)/a_restored.ppm", output: "\(folder)/none")
            XCTAssertEqual([rows.width, rows.height], [40, 30])
        }
    }

    func testStrengthZeroIsThePhotoItself() async throws {
        try await inFolder { folder in
            try photo("\(folder)/a.ppm", 33, 21)
            let words = ["\(folder)/a.ppm", "-o", "\(folder)/b.ppm", "--model", MODEL, "--strength", "0"]
            let status = await RestoreCommand.run(words)
            XCTAssertEqual(status, 0)
            let files = try ["a", "b"].map { try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0).ppm")) }
            XCTAssertEqual(files[0], files[1])
        }
    }

    func testWhatCannotBeDoneEndsWithStatusTwoAndLeavesNothing() async throws {
        try await inFolder { folder in
            let path = "\(folder)/a.ppm"
            try photo(path, 40, 30)
            try Data("P6 40 30 255\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/short.ppm"))
            let wrong = [
                [], [path, "--nosuch"], [path, "--tile"], [path, "--tile", "x"], [path, "--precision", "half"],
                [path, "--model", "\(folder)/none"], [path, "--model", MODEL, "--engine", "abacus"],
                [path, "--model", MODEL, "--kind", "scratches"], [path, "--model", MODEL, "--strength", "2"],
                [path, "--model", MODEL, "-o", path], [path, "--model", MODEL, "--tile", "57"],
                [path, "--model", MODEL, "--memory", "1"], ["\(folder)/short.ppm", "--model", MODEL],
                ["\(folder)/none.ppm", "--model", MODEL], [path, "--model", MODEL, "-o", "\(folder)/no/such/a.ppm"],
            ]
            for words in wrong {
                let status = await RestoreCommand.run(words)
                XCTAssertEqual(status, 2, "\(words)")
                XCTAssertEqual(try names(folder), ["a.ppm", "short.ppm"], "\(words)")
            }
        }
    }

    func testCancellingLeavesNothing() async throws {
        try await inFolder { folder in
            try photo("\(folder)/a.ppm", 400, 300)
            let task = Task { () -> Bool in
                let rows = try PpmRows("\(folder)/a.ppm", output: "\(folder)/b.ppm")
                let bundle = try ModelBundle.open(MODEL)
                let engine = try EngineInUse(bundle, "onnx", "float").engine
                let restorer = try Restorer(bundle.spec, engine: engine, tile: 168)
                do {
                    _ = try await restorer.restoreRows(rows) { progress in
                        if progress.done == 2 { withUnsafeCurrentTask { $0?.cancel() } }
                    }
                } catch is CancellationError {
                    return try names(folder).count == 2  // the photo and the draft
                }
                return false
            }
            let cancelled = try await task.value
            XCTAssertTrue(cancelled)
            XCTAssertEqual(try names(folder), ["a.ppm"])
        }
    }

    private func photo(_ path: String, _ width: Int, _ height: Int) throws {
        let pixels = (0..<(width * height * 3)).map { UInt8($0 * 7919 % 251) }
        try (Data("P6\n\(width) \(height)\n255\n".utf8) + Data(pixels)).write(to: URL(fileURLWithPath: path))
    }

    private func inFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/amirnet-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }
}

private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}
