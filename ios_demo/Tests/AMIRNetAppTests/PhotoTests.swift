import AMIRNetRuntime
import Foundation
import XCTest

@testable import AMIRNetApp

final class PhotoTests: XCTestCase {
    private var folder = FileManager.default.temporaryDirectory

    override func setUpWithError() throws {
        folder = try freshFolder()
    }

    override func tearDownWithError() throws {
        try FileManager.default.removeItem(at: folder)
    }

    /// A photo whose stored pixels are these.
    private func photo(_ stored: Pixels, _ orientation: Orientation, _ profile: ColorProfile = .srgb) throws
        -> OpenPhoto
    {
        try OpenPhoto(
            storedWidth: stored.width, storedHeight: stored.height, orientation: orientation, profile: profile,
            folder: folder
        ) { place in
            for pixel in 0..<(stored.width * stored.height) {
                for channel in 0..<3 { place[pixel * 4 + channel] = stored.bytes[pixel * 3 + channel] }
            }
        }
    }

    private func rgb(_ pixels: MappedPixels) -> [UInt8] {
        pixels.bytes.enumerated().filter { $0.offset % 4 < 3 }.map(\.element)
    }

    /// By EXIF's own words: where row 0 and column 0 of what is stored are to be seen.
    func testUprightPixelsOfAllEightOrientations() throws {
        let stored = Pixels(height: 2, width: 3, bytes: (0..<18).map { UInt8($0 / 3) })  // 0 1 2 / 3 4 5
        let expected: [Orientation: [[UInt8]]] = [
            .upright: [[0, 1, 2], [3, 4, 5]], .mirrored: [[2, 1, 0], [5, 4, 3]],
            .halfTurn: [[5, 4, 3], [2, 1, 0]], .mirroredDown: [[3, 4, 5], [0, 1, 2]],
            .transposed: [[0, 3], [1, 4], [2, 5]], .rightTurn: [[3, 0], [4, 1], [5, 2]],
            .transverse: [[5, 2], [4, 1], [3, 0]], .leftTurn: [[2, 5], [1, 4], [0, 3]],
        ]
        XCTAssertEqual(expected.count, Orientation.allCases.count)
        for (orientation, rows) in expected {
            let photo = try photo(stored, orientation)
            XCTAssertEqual([photo.height, photo.width], [rows.count, rows[0].count], "\(orientation)")
            let seen = photo.read(0, photo.height).bytes.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
            XCTAssertEqual(seen, rows.flatMap { $0 }, "\(orientation)")
        }
        XCTAssertEqual(Orientation(tag: 9), .upright)
    }

    /// A whole restore by the runtime: what is stored in the end is the upright result, turned back.
    func testRestoresInPlaceInAnyOrientation() async throws {
        let stored = noisy(75, 130)
        let turned = stored.bytes.map { 255 - $0 }  // the fake engine's answer, pixel by pixel
        for orientation in Orientation.allCases {
            let photo = try photo(stored, orientation)
            let plan = try TilePlan(photo.width, photo.height, size: 40, halo: 8, overlap: 4, alignment: 4)
            let done = try await restoreRows(
                FakeEngine(choice(.cpu)), plan, Treatment(code: [0]), try PhotoBuffer(photo), where: "test")
            XCTAssertEqual(rgb(try done.rows.finished(parts: 256)), turned, "\(orientation)")
            XCTAssertEqual(rgb(photo.pixels), stored.bytes, "the photo itself is never written to")
            XCTAssertEqual(done.rows.change.numbers, Int64(stored.bytes.count))
        }
    }

    func testStrengthIsTheContractsInPreviewAndFile() async throws {
        let stored = noisy(20, 30)
        let buffer = try PhotoBuffer(try photo(stored, .upright))
        let answer = noisy(20, 30, seed: 7)
        try buffer.write(0, 0, stored, answer)
        for parts in [0, 1, 77, 128, 256] {
            let wanted = Preview.mixed(stored, answer, parts: parts)
            XCTAssertEqual(buffer.mixed(0, 20, parts: parts), wanted)
            XCTAssertEqual(rgb(try buffer.finished(parts: parts)), wanted.bytes)
        }
        XCTAssertEqual(rgb(try buffer.finished(parts: 0)), stored.bytes)
        XCTAssertEqual(rgb(try buffer.reopened().finished(parts: 256)), [UInt8](repeating: 0, count: 1800), "as new")
    }

    func testDisplayP3IsSeenAsSrgbAndWhatDidNotChangeStays() throws {
        // Of published pairs: the P3 color (234, 51, 35) is sRGB's red, as near as 8 bits hold it.
        let red = try photo(Pixels(height: 1, width: 1, bytes: [234, 51, 35]), .upright, .displayP3)
        for (found, wanted) in zip(red.read(0, 1).bytes, [255, 0, 0]) {
            XCTAssertEqual(Int(found), wanted, accuracy: 2)
        }
        let stored = noisy(16, 16)
        let photo = try photo(stored, .leftTurn, .displayP3)
        let buffer = try PhotoBuffer(photo)
        let seen = photo.read(0, 16)
        try buffer.write(0, 0, seen, seen)
        XCTAssertEqual(rgb(try buffer.finished(parts: 256)), stored.bytes, "colors beyond sRGB stay, bit for bit")
    }

    func testDisplayP3TakesTheChangeBack() throws {
        // Gray is the same in both: a gray that becomes another one says how much was carried.
        let photo = try photo(Pixels(height: 1, width: 1, level: 100), .upright, .displayP3)
        XCTAssertEqual(photo.read(0, 1).bytes, [100, 100, 100])
        let buffer = try PhotoBuffer(photo)
        try buffer.write(0, 0, Pixels(height: 1, width: 1, level: 100), Pixels(height: 1, width: 1, level: 140))
        XCTAssertEqual(rgb(try buffer.finished(parts: 256)), [140, 140, 140])
        let product = inverse(ColorProfile.displayP3.fromSrgb!)
        XCTAssertEqual(
            [nil, "sRGB IEC61966-2.1", "Display P3", "Adobe RGB (1998)"].map(ColorProfile.named),
            [
                .srgb, .srgb, .displayP3, nil,
            ])
        XCTAssertEqual(product[0], 1.2249, accuracy: 1e-4, "sRGB's red of P3's red, as published")
    }

    func testPicturesOfBeforeAndAfterShareTheirPixels() throws {
        let stored = noisy(90, 120)
        let buffer = try PhotoBuffer(try photo(stored, .rightTurn))
        try buffer.write(0, 0, buffer.photo.read(0, 120), buffer.photo.read(0, 120))
        for part in [(0.0, 0.0, 1.0, 1.0), (0.3, 0.2, 0.31, 0.22), (0.9, 0.9, 1.0, 1.0)] {
            let request = PictureRequest(width: 90, height: 120, part: part, most: 50)
            XCTAssertEqual(buffer.before(request), buffer.after(request))
            XCTAssertLessThanOrEqual(max(request.rows, request.columns), 50)
        }
        let pixel = PictureRequest(width: 90, height: 120, part: (0.5, 0.5, 0.501, 0.501), most: 50)
        XCTAssertEqual([pixel.step, pixel.rows, pixel.columns], [1, 1, 1])
        let one = buffer.photo.read(60, 61)
        XCTAssertEqual(buffer.before(pixel).bytes, Array(one.bytes[135..<138]))
    }

    func testNoFileOfPixelsIsLeft() throws {
        let kept = try photo(noisy(8, 8), .upright)
        XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: folder.path), [])
        XCTAssertEqual(kept.pixels.bytes.count, 256)
        XCTAssertThrowsError(try MappedPixels(width: 8, height: 8, folder: folder.appendingPathComponent("none"))) {
            XCTAssertTrue($0 is OutOfMemoryError)
        }
    }
}

final class PreviewTests: XCTestCase {
    func testLightIsLedBackAndForth() {
        let used = LightCurve.of([1, 1, 1], [0, 0, 0])
        let photo = Pixels(height: 1, width: 3, bytes: [0, 10, 20, 30, 60, 90, 100, 110, 120])
        let restored = used.applied(photo)
        XCTAssertEqual(Preview.relit(restored, used: used, wanted: NO_LIGHT), photo)
        XCTAssertEqual(Preview.relit(restored, used: used, wanted: used), restored)
        XCTAssertEqual(Preview.relit(photo, used: NO_LIGHT, wanted: used), restored)
        for scale in [0.25, 0.5, 2] {
            let wanted = used.scaled(scale)
            let found = Preview.relit(restored, used: used, wanted: wanted).bytes
            XCTAssertEqual(found, wanted.applied(photo).bytes)
        }
    }

    func testOnlyALightThatWasSeenCanBeScaled() {
        let used = LightCurve.of([1, 2, 3], [0, 0, 1])
        let doubled = Preview.light(used: used, usedScale: 0.5, wantedScale: 1)
        XCTAssertEqual(doubled, used.scaled(2))
        XCTAssertEqual(Preview.light(used: used, usedScale: 1, wantedScale: 0), NO_LIGHT)
        XCTAssertNil(Preview.light(used: NO_LIGHT, usedScale: 0, wantedScale: 1))
        XCTAssertNil(Preview.light(used: used, usedScale: 1, wantedScale: nil))
        XCTAssertEqual(Preview.light(used: used, usedScale: 0, wantedScale: 0), used)
    }

    func testTablesNeverFall() {
        let curves = [LightCurve.of([3, 0.2, 200], [1, 0, 15]), NO_LIGHT, LightCurve.of([0, 7, 1], [0.3, 2, 0])]
        for used in curves {
            for wanted in curves {
                for channel in 0..<3 {
                    let table = Preview.relit(used.tables[channel], wanted.tables[channel])
                    XCTAssertEqual(table, table.sorted())
                }
            }
        }
    }
}
