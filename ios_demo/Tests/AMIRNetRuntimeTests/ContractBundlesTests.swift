/// Vectors of manifests, bundles and ONNX models, replayed (CONTRACT B).
import XCTest

@testable import AMIRNetRuntime

final class ContractBundlesTests: XCTestCase {
    func testASoundManifestIsRead() throws {
        try replay("manifests", "sound") { given, expected in
            let found = try Manifest.parse(content(given["content"]), "small")
            let (probe, tile, tree) = (expected["probe"], expected["tile"], found.tree)
            XCTAssertEqual(found.name, expected["name"].string)
            XCTAssertEqual(found.schema, expected["schema"].string)
            XCTAssertEqual(found.identity, expected["identity"].string)
            XCTAssertEqual(
                found.probe,
                ProbeGeometry(
                    size: probe["size"].int, probesPerSide: probe["probes_per_side"].int, trim: probe["trim"].int))
            XCTAssertEqual(
                found.tile,
                TileGeometry(
                    size: tile["size"].int, halo: tile["halo"].int, overlap: tile["overlap"].int,
                    alignment: tile["alignment"].int, radius: tile["radius"].int, flexible: tile["flexible"].bool,
                    preferred: tile["preferred"].int))
            XCTAssertEqual([tree.levels, tree.codeSteps], [expected["levels"].int, expected["code_steps"].int])
            XCTAssertEqual(tree.conditioning.rawValue, expected["conditioning"].string)
            XCTAssertEqual(tree.nodes.map(\.id), expected["nodes"].ints)
            XCTAssertEqual(found.files.mapValues(\.bytes), table(expected["files"]).mapValues(\.int))
            let models = table(expected["models"]).mapValues { role in
                table(role).mapValues { table($0).mapValues(\.string) }
            }
            XCTAssertEqual(found.models, models)
            let light = found.light?.hidden.bias.count
            XCTAssertEqual(light, expected["light"].isNull ? nil : expected["light"].int)
        }
    }

    func testAWrongManifestIsRefused() throws {
        try replay("manifests", "wrong") { given, _ in _ = try Manifest.parse(content(given["content"]), "small") }
    }

    func testPathsOfAManifest() throws {
        try replay("manifests", "paths") { given, _ in
            let found = try Manifest.parse(content(given["content"]), "small")
            XCTAssertNotNil(found.files[given["path"].string])
        }
    }

    func testOnnxModels() throws {
        try replay("onnx_models", "model") { given, _ in
            let (once, times) = (try content(given["content"]), given.has("times") ? given["times"].int : 1)
            let whole = Array([[UInt8]](repeating: once, count: times).joined())
            try given["run"].bool ? checkModel(whole, "small: a.onnx") : checkComplete(whole, "small: a.onnx")
        }
    }

    func testAFolder() throws {
        try replay("bundles", "folder") { given, expected in
            try inNewFolder { folder in
                for path in given["entries"].keys { try made("\(folder)/\(path)", given["entries"][path]) }
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/empty", withIntermediateDirectories: true)
                for number in 0..<(given.has("empty") ? given["empty"].int : 0) {
                    XCTAssertTrue(FileManager.default.createFile(atPath: "\(folder)/empty/\(number)", contents: nil))
                }
                try opened(folder, expected)
            }
        }
    }

    func testAZip() throws {
        try replay("bundles", "zip") { given, expected in
            try inNewFolder { folder in
                try Data(content(given["content"])).write(to: URL(fileURLWithPath: "\(folder)/small.zip"))
                try opened("\(folder)/small.zip", expected)
            }
        }
    }

    func testAPlaceWhereThereIsNoBundle() throws {
        try replay("bundles", "place") { given, _ in
            try inNewFolder { folder in
                _ = try inFolder(folder) { try ModelBundle.open(given["given"].string) }
            }
        }
    }

    private func table(_ value: JsonValue) -> [String: JsonValue] {
        Dictionary(uniqueKeysWithValues: value.keys.map { ($0, value[$0]) })
    }

    private func made(_ place: String, _ entry: JsonValue) throws {
        let files = FileManager.default
        let above = place.split(separator: "/").dropLast().joined(separator: "/")
        try files.createDirectory(atPath: "/\(above)", withIntermediateDirectories: true)
        if entry.has("file") {
            try Data(content(entry["file"])).write(to: URL(fileURLWithPath: place))
        } else if entry.has("folder") {
            try files.createDirectory(atPath: place, withIntermediateDirectories: false)
        } else if entry.has("link") {
            try files.createSymbolicLink(atPath: place, withDestinationPath: entry["link"].string)
        } else {
            XCTAssertEqual(mkfifo(place, 0o600), 0)
        }
    }

    private func opened(_ place: String, _ expected: JsonValue) throws {
        let bundle = try ModelBundle.open(place)
        XCTAssertEqual(bundle.manifest.name, expected["name"].string)
        XCTAssertEqual(bundle.manifest.files.keys.sorted(), expected["files"].strings)
        for name in expected["files"].strings {
            XCTAssertEqual(try bundle.read(name).count, bundle.manifest.files[name]!.bytes)
        }
    }
}

/// Runs `body` with an empty folder, which goes afterwards.
func inNewFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.path + "/amirnet-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}
