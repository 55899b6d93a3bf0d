import AMIRNetRuntime
import XCTest

@testable import AMIRNetApp

final class SavePlanTests: XCTestCase {
    private let facts = PhotoFacts(
        type: "public.heic", name: "IMG_7.HEIC", hasPlace: true, profileName: "Display P3",
        auxiliary: [.gainMap, .depth, .portraitMatte])

    private func plan(
        _ facts: PhotoFacts, keepsPlace: Bool = false, brightened: Bool = false, parts: Int = 256
    ) -> SavePlan {
        SavePlan(facts, keepsPlace: keepsPlace, brightened: brightened, parts: parts)
    }

    func testAGainMapStaysWhereTheToneIsUnchanged() {
        XCTAssertEqual(plan(facts).gainMap, .kept)
        XCTAssertEqual(plan(facts).auxiliary, [.gainMap, .depth, .portraitMatte])
        let brightened = plan(facts, brightened: true)
        XCTAssertEqual(brightened.gainMap, .droppedBrightened)
        XCTAssertEqual(brightened.auxiliary, [.depth, .portraitMatte])
        XCTAssertTrue(brightened.report.lines.contains(Words("save_gain_map_dropped")), "and that is told")
        XCTAssertEqual(plan(facts, brightened: true, parts: 0).gainMap, .kept, "nothing of the result was taken")
        var iso = facts
        iso.auxiliary = [.isoGainMap]
        XCTAssertEqual(plan(iso, brightened: true).auxiliary, [])
    }

    func testFormatsWithoutPlaceForMapsSayWhatIsLost() {
        var png = facts
        png.type = "public.png"
        let plan = plan(png)
        XCTAssertEqual(plan.gainMap, .droppedFormat)
        XCTAssertEqual(plan.auxiliary, [])
        XCTAssertTrue(
            plan.report.lines.contains(
                Words("save_metadata_lost", .list([Words("lost_depth_map"), Words("lost_portrait_matte")]))))
    }

    func testThePlaceIsKeptOnlyIfTheUserWantsIt() {
        XCTAssertEqual(plan(facts).place, .removed)
        XCTAssertEqual(plan(facts, keepsPlace: true).place, .kept)
        var without = facts
        without.hasPlace = false
        XCTAssertEqual(plan(without, keepsPlace: true).place, .none)
    }

    func testTheTypeStaysOrBecomesJpeg() {
        XCTAssertEqual([plan(facts).type, plan(facts).name], ["public.heic", "IMG_7_restored.HEIC"])
        let raw = plan(PhotoFacts(type: "com.adobe.raw-image", name: "A.DNG"))
        XCTAssertEqual([raw.type, raw.name], ["public.jpeg", "A_restored.jpg"])
    }

    func testProfilesAreTold() {
        XCTAssertTrue(plan(facts).report.lines.contains(Words("save_profile_kept", .text("Display P3"))))
        var other = facts
        (other.profileName, other.profileKept) = ("Adobe RGB", false)
        XCTAssertTrue(plan(other).report.lines.contains(Words("save_profile_converted", .text("Adobe RGB"))))
    }

    func testEveryLineHasWords() throws {
        let texts = try strings("en")
        var png = facts
        (png.type, png.profileKept, png.lost) = ("public.png", false, LostDetail.allCases)
        for plan in [plan(facts), plan(facts, keepsPlace: true, brightened: true), plan(png)] {
            for line in plan.report.lines {
                XCTAssertNotNil(texts[line.key], line.key)
                for case .list(let list) in line.arguments { for words in list { XCTAssertNotNil(texts[words.key]) } }
            }
        }
    }
}

final class ResultNameTests: XCTestCase {
    func testNeverThePhotosNorOneThatIsThere() {
        XCTAssertEqual(resultName("IMG_1.HEIC", suffix: "HEIC"), "IMG_1_restored.HEIC")
        XCTAssertEqual(resultName("IMG_1_restored.jpg", suffix: "jpg"), "IMG_1_restored.jpg")
        let taken: Set = ["a_restored.jpg", "a_restored_2.jpg"]
        XCTAssertEqual(resultName("a.jpg", suffix: "jpg", taken: taken), "a_restored_3.jpg")
    }

    func testOddNames() {
        XCTAssertEqual(resultName("", suffix: "jpg"), "photo_restored.jpg")
        XCTAssertEqual(resultName("../a:b\u{1}.jpg", suffix: "jpg"), "_a_b__restored.jpg")
        XCTAssertLessThan(resultName(String(repeating: "x", count: 900), suffix: "jpg").count, 140)
    }
}

final class PropertiesTests: XCTestCase {
    private let photo: [String: Any] = [
        "Orientation": 6, "PixelWidth": 4032, "ColorModel": "RGB", "{JFIF}": ["XDensity": 72],
        "{Exif}": ["LensModel": "x", "ExposureTime": 0.01], "{TIFF}": ["Make": "Apple"], "{GPS}": ["Latitude": 52.5],
        "{IPTC}": ["City": "Berlin", "CopyrightNotice": "me"], "{MakerApple}": ["1": 2],
    ]

    func testOrientationAndExifTravelAndWhatDescribedTheFileDoesNot() {
        let kept = Properties.kept(photo, keepsPlace: true)
        XCTAssertEqual(kept["Orientation"] as? Int, 6)
        XCTAssertEqual((kept["{Exif}"] as? [String: Any])?["LensModel"] as? String, "x")
        XCTAssertEqual(Set(kept.keys), ["Orientation", "{Exif}", "{TIFF}", "{GPS}", "{IPTC}", "{MakerApple}"])
    }

    func testWithoutPlaceNothingTellsIt() {
        let kept = Properties.kept(photo, keepsPlace: false)
        XCTAssertEqual(Set(kept.keys), ["Orientation", "{Exif}", "{TIFF}", "{IPTC}"])
        XCTAssertEqual(Set((kept["{IPTC}"] as? [String: Any] ?? [:]).keys), ["CopyrightNotice"])
        XCTAssertTrue(Properties.tellPlace(photo))
        XCTAssertFalse(Properties.tellPlace(kept))
        XCTAssertTrue(Properties.tellPlace(["{IPTC}": ["City": "Berlin"]]))
    }
}

final class LimitsTests: XCTestCase {
    private func plan(_ width: Int, _ height: Int) throws -> TilePlan {
        try TilePlan(width, height, size: 432, halo: 64, overlap: 16, alignment: 8, flexible: false)
    }

    func testFortyEightMegapixelsFitTheBudget() throws {
        let needs = PhotoLimits.needs(try plan(8064, 6048))
        XCTAssertLessThanOrEqual(needs.memory, PhotoLimits.BUDGET)
        XCTAssertGreaterThan(needs.memory, 100_000_000, "a tile's tensors alone take that")
        XCTAssertLessThanOrEqual(PhotoLimits.needs(try plan(6048, 8064)).memory, PhotoLimits.BUDGET)
    }

    func testTwoHundredMegapixelsAreTakenOrRefusedWithNumbers() throws {
        let large = try plan(16320, 12240)
        XCTAssertNoThrow(try PhotoLimits.check(large, memory: 1_000_000_000, storage: 8_000_000_000))
        for (memory, storage) in [(100_000_000, 8_000_000_000), (1_000_000_000, 1_000_000_000)] {
            XCTAssertThrowsError(try PhotoLimits.check(large, memory: memory, storage: storage)) { error in
                let problem = error as? Problem
                XCTAssertEqual(problem?.what.key, "refuse_too_large")
                XCTAssertEqual(problem?.what.arguments.first, .number(199))
                XCTAssertEqual(problem?.what.arguments.last, .number(storage / 1_000_000))
            }
        }
    }

    func testBandsAreAllRowsOnce() {
        for (width, height) in [(8064, 6048), (1, 1), (3, 100_000), (40_000_000, 3)] {
            let bands = Bands.plan(width: width, height: height)
            XCTAssertEqual(bands.flatMap { [$0.lowerBound, $0.upperBound] }.first, 0)
            XCTAssertEqual(bands.last?.upperBound, height)
            for (one, next) in zip(bands, bands.dropFirst()) { XCTAssertEqual(one.upperBound, next.lowerBound) }
            let most = bands.map { $0.count * width * 4 }.max()!
            XCTAssertTrue(most <= Bands.MOST_BYTES || bands.allSatisfy { $0.count == 1 })
        }
    }
}
