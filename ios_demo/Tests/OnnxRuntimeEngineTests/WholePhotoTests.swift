/// Whole photos through the shipped models: the same bytes as the Python SDK (tools/reference.py), by bands.
import AMIRNetRuntime
import Foundation
import OnnxRuntimeEngine
import XCTest

@testable import RestoreCommand

private let REPOSITORY = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
private let PHOTOS = "\(REPOSITORY)/build/swift-photos"

private struct Reference: Decodable {
    struct Photo: Decodable {
        let photo: String
        let precision: String
        let tile: Int
        let tiles: Int
        let node: Int
        let change_psnr: Double
        let sha256: String
    }

    let results: [Photo]
}

final class WholePhotoTests: XCTestCase {
    func testTheSameBytesAsPythonInFloat() async throws { try await compare("float") }

    func testTheSameBytesAsPythonInInt8() async throws { try await compare("int8") }

    private func compare(_ precision: String) async throws {
        let content = try Data(contentsOf: URL(fileURLWithPath: "\(PHOTOS)/reference.json"))
        let photos = try JSONDecoder().decode(Reference.self, from: content).results.filter { $0.precision == precision }
        XCTAssertEqual(photos.count, 4)
        let bundle = try ModelBundle.open("\(REPOSITORY)/sdk/amirnet/bundles/mobile")
        let library = OnnxRuntimeLibrary(precision: precision == "float" ? "float32" : precision)
        let restorer = try Restorer(bundle.spec, engine: OnnxRuntimeEngine(bundle, library))
        for wanted in photos {
            let output = FileManager.default.temporaryDirectory.path + "/\(wanted.photo)_\(precision).ppm"
            defer { try? FileManager.default.removeItem(atPath: output) }
            let rows = try PpmRows("\(PHOTOS)/\(wanted.photo).ppm", output: output)
            let found = try await restorer.restoreRows(rows)
            try found.rows.save()
            let name = "\(wanted.photo) in \(precision)"
            XCTAssertEqual(found.restored.tile, wanted.tile, name)
            XCTAssertEqual(found.restored.tiles, wanted.tiles, name)
            XCTAssertEqual(found.restored.diagnosis.node, wanted.node, name)
            XCTAssertEqual(found.restored.changePsnr, wanted.change_psnr, accuracy: 1e-9, name)
            let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: output)))
            XCTAssertEqual(sha256(Array(file.suffix(rows.width * rows.height * 3))), wanted.sha256, name)
        }
    }
}
