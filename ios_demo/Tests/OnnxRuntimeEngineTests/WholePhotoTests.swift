/// Whole photos through the shipped models: the same bytes as the Python SDK (tools/reference.py), by bands.
import AMIRNetRuntime
import Foundation
import OnnxRuntimeEngine
import XCTest

@testable import RestoreCommand

private let REPOSITORY = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
private let PHOTOS = "\(REPOSITORY)/build/swift-photos"

private func json(of content: Data) throws -> JsonValue {
    try readJson([UInt8](content), depth: 64)
}

extension JsonValue {
    fileprivate subscript(_ key: String) -> JsonValue {
        if case .object(let object) = self, let value = object[key] { return value }
        return .null
    }

    fileprivate var items: [JsonValue] {
        if case .list(let items) = self { return items }
        return []
    }

    fileprivate var text: String? {
        if case .text(let text) = self { return text }
        return nil
    }
}

final class WholePhotoTests: XCTestCase {
    func testTheSameBytesAsPythonInFloat() async throws { try await compare("float") }

    func testTheSameBytesAsPythonInInt8() async throws { try await compare("int8") }

    private func compare(_ precision: String) async throws {
        let photos = try json(of: Data(contentsOf: URL(fileURLWithPath: "\(PHOTOS)/reference.json")))["results"]
            .items.filter { $0["precision"] == .text(precision) }
        XCTAssertEqual(photos.count, 4)
        let bundle = try ModelBundle.open("\(REPOSITORY)/sdk/amirnet/bundles/mobile")
        let library = OnnxRuntimeLibrary(precision: precision == "float" ? "float32" : precision)
        let restorer = try Restorer(bundle.spec, engine: OnnxRuntimeEngine(bundle, library))
        for wanted in photos {
            guard case .text(let photo) = wanted["photo"] else { return XCTFail("a photo without a name") }
            let (name, output) = ("\(photo) in \(precision)", "\(PHOTOS)/\(photo)_\(precision).ppm")
            defer { try? FileManager.default.removeItem(atPath: output) }
            let (start, before) = (ContinuousClock.now, library.spent.seconds)
            let rows = try PpmRows("\(PHOTOS)/\(photo).ppm", output: output)
            let found = try await restorer.restoreRows(rows)
            try found.rows.save()
            let total = (ContinuousClock.now - start) / .seconds(1)
            let line = jsonLine(photo, output, found.restored, [])
            let facts = try json(of: Data(line.utf8))
            for key in [
                "node", "path", "confidence", "kind", "curve", "strength", "tile", "tiles", "left_alone", "light",
            ] {
                XCTAssertEqual(facts[key], wanted["facts"][key], "\(name): \(key)")
            }
            let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: output)))
            XCTAssertEqual(sha256(Array(file.suffix(rows.width * rows.height * 3))), wanted["sha256"].text, name)
            if photo == "large" {
                let own = 1 - (library.spent.seconds - before) / total
                let size = "\(rows.width)x\(rows.height)"
                print("own work, all but ONNX Runtime's, on \(size) in \(precision): ", terminator: "")
                print(String(format: "%.1f %% of %.1f s", 100 * own, total))
                #if !DEBUG
                    XCTAssertLessThanOrEqual(own, 0.1, name)
                #endif
            }
        }
    }
}
