/// What the vectors of bundles cannot hold: files that change, names that are shipped, damage of any kind (CONTRACT B).
import Foundation
import XCTest

@testable import AMIRNetRuntime

final class BundleTests: XCTestCase {
    func testAFileChangedAfterOpeningIsNoticed() throws {
        try inNewFolder { folder in
            let bundle = try ModelBundle.open(try soundFolder(folder, "small"))
            try Data([8, 9, 58, 1]).write(to: URL(fileURLWithPath: "\(folder)/small/encoder.onnx"))
            XCTAssertThrowsError(try bundle.read("encoder.onnx")) { XCTAssertTrue($0 is ChangedFileError, "\($0)") }
        }
    }

    func testAFingerprintIsTheManifests() throws {
        try inNewFolder { folder in
            let path = try soundFolder(folder, "small")
            let bundle = try ModelBundle.open(path)
            XCTAssertEqual(bundle.fingerprint, sha256(try bytesOf("\(path)/manifest.json")))
        }
    }

    func testABareShippedNameWinsOverAFolderOfThatName() throws {
        try inNewFolder { folder in
            let shipped = "\(folder)/shipped"
            _ = try soundFolder(shipped, "small")
            try inFolder(folder) {
                try FileManager.default.createDirectory(atPath: "small", withIntermediateDirectories: true)
                XCTAssertEqual(try ModelBundle.open("small", shipped: shipped).where, "\(shipped)/small")
                XCTAssertThrowsError(try ModelBundle.open("./small", shipped: shipped)) {
                    XCTAssertTrue($0 is MissingFileError, "\($0)")
                }
            }
        }
    }

    func testUnknownNamesSayWhatThereIs() throws {
        try inNewFolder { folder in
            _ = try soundFolder("\(folder)/shipped", "small")
            XCTAssertThrowsError(try ModelBundle.open("large", shipped: "\(folder)/shipped")) { error in
                XCTAssertTrue(error is UnknownBundleError && "\(error)".contains("shipped: small"), "\(error)")
            }
        }
    }

    func testAnInstalledBundleMayBeLinksAndAnyOtherMayNot() throws {
        try inNewFolder { folder in
            let real = try soundFolder(folder, "real")
            let shipped = "\(folder)/shipped"
            try FileManager.default.createDirectory(atPath: "\(shipped)/small", withIntermediateDirectories: true)
            for name in try FileManager.default.contentsOfDirectory(atPath: real) {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(shipped)/small/\(name)", withDestinationPath: "\(real)/\(name)")
            }
            XCTAssertEqual(try ModelBundle.open("small", shipped: shipped).manifest.name, "small")
            XCTAssertThrowsError(try ModelBundle.open("\(shipped)/small")) { XCTAssertTrue($0 is UnsafePathError) }
        }
    }

    func testALinkInABundlesOwnPlaceIsFollowed() throws {
        try inNewFolder { folder in
            let real = try soundFolder(folder, "real")
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/link", withDestinationPath: real)
            XCTAssertEqual(
                try ModelBundle.open("\(folder)/link").fingerprint, try ModelBundle.open(real).fingerprint)
        }
    }

    func testPipesAreRefusedAtOnce() throws {
        try inNewFolder { folder in
            XCTAssertEqual(mkfifo("\(folder)/pipe", 0o600), 0)
            XCTAssertThrowsError(try ModelBundle.open("\(folder)/pipe")) { XCTAssertTrue($0 is BundleError) }
        }
    }

    /// Bits turned, pieces cut out or doubled: what opens has the sealed bytes, and nothing crashes.
    func testWhateverIsDamagedInAZipItOpensAsSealedOrIsRefused() throws {
        let sound = try soundZip()
        var (random, opened) = (Random(seed: 11), 0)
        try inNewFolder { folder in
            let place = URL(fileURLWithPath: "\(folder)/small.zip")
            for _ in 0..<1500 {
                var content = sound
                switch random.below(4) {
                case 0: content.removeSubrange(random.below(content.count)..<content.count)
                case 1: content.insert(contentsOf: content[0..<random.below(80)], at: random.below(content.count))
                default:
                    for _ in 0...random.below(3) { content[random.below(content.count)] ^= UInt8(1 << random.below(8)) }
                }
                try Data(content).write(to: place)
                do {
                    let bundle = try ModelBundle.open(place.path)
                    for name in bundle.manifest.files.keys { _ = try bundle.read(name) }
                    XCTAssertEqual(bundle.manifest.files.count, 3)
                    opened += 1
                } catch let error as BundleError {
                    XCTAssertFalse(error.message.contains("\n"))
                }
            }
        }
        XCTAssertGreaterThan(opened, 20, "some damage does not matter: a date, a comment")
    }

    func testWhateverIsNoModelIsLeftToTheEngine() throws {
        var random = Random(seed: 7)
        for _ in 0..<2000 {
            let content = (0..<random.below(60)).map { _ in UInt8(random.below(256)) }
            do {
                try checkComplete(content, "toy")
            } catch {
                XCTAssertTrue(error is BundleError, "\(error)")
            }
        }
    }

    /// The vectors' small bundle as a folder.
    private func soundFolder(_ above: String, _ name: String) throws -> String {
        let cases = try document("bundles")["groups"]["folder"]["cases"].items
        let entries = cases.first { $0["name"].string == "sound" }!["given"]["entries"]
        for path in entries.keys {
            let place = URL(fileURLWithPath: "\(above)/\(name)/\(path)")
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(content(entries[path]["file"])).write(to: place)
        }
        return "\(above)/\(name)"
    }

    private func soundZip() throws -> [UInt8] {
        let cases = try document("bundles")["groups"]["zip"]["cases"].items
        return try content(cases.first { $0["name"].string == "sound" }!["given"]["content"])
    }
}

/// Runs `body` with that working folder.
func inFolder<Result>(_ folder: String, _ body: () throws -> Result) throws -> Result {
    let before = FileManager.default.currentDirectoryPath
    XCTAssertTrue(FileManager.default.changeCurrentDirectoryPath(folder))
    defer { XCTAssertTrue(FileManager.default.changeCurrentDirectoryPath(before)) }
    return try body()
}
