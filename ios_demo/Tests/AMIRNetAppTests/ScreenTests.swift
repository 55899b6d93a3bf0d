import AMIRNetEngines
import XCTest

@testable import AMIRNetApp
@testable import AMIRNetRuntime

final class CompareTests: XCTestCase {
    private func compare() -> Compare {
        var compare = Compare()
        compare.resize(view: .init(x: 400, y: 800), photo: .init(x: 4000, y: 3000))
        return compare
    }

    func testTheWholePhotoIsInTheMiddle() {
        XCTAssertEqual(compare().frame, Compare.Rectangle(x: 0, y: 250, width: 400, height: 300))
        XCTAssertEqual(compare().dividerX, 200)
    }

    func testWhatIsUnderTheFingersStaysThere() {
        var compare = compare()
        let finger = Compare.Point(x: 120, y: 420)
        func place(_ compare: Compare) -> (Double, Double) {
            let frame = compare.frame
            return ((finger.x - frame.x) / frame.width, (finger.y - frame.y) / frame.height)
        }
        compare.pinch(to: 4, about: finger)  // from here on the photo fills the view both ways
        let before = place(compare)
        compare.pinch(to: 8, about: finger)
        XCTAssertEqual(place(compare).0, before.0, accuracy: 1e-9)
        XCTAssertEqual(place(compare).1, before.1, accuracy: 1e-9)
        XCTAssertEqual(compare.zoom, 8)
    }

    func testNoGapOpensAtAnEdge() {
        var compare = compare()
        compare.pinch(to: 4, about: .init(x: 0, y: 0))
        for (x, y) in [(1e5, 1e5), (-1e5, -1e5)] {
            compare.pan(x: x, y: y)
            let frame = compare.frame
            XCTAssertLessThanOrEqual(frame.x, 1e-9)
            XCTAssertGreaterThanOrEqual(frame.x + frame.width, 400 - 1e-9)
            XCTAssertGreaterThanOrEqual(frame.y + frame.height, 800 - 1e-9)
        }
    }

    func testPanFollowsTheFinger() {
        var compare = compare()
        compare.pinch(to: 8, about: .init(x: 200, y: 400))
        let before = compare.frame
        compare.pan(x: 30, y: -20)
        XCTAssertEqual(compare.frame.x, before.x + 30, accuracy: 1e-9)
        XCTAssertEqual(compare.frame.y, before.y - 20, accuracy: 1e-9)
        XCTAssertEqual(compare.dividerX, 200, "the divider stands still while the photo moves below it")
    }

    func testTheDividerIsGrabbedAnywhereUntilThePhotoIsZoomed() {
        var compare = compare()
        XCTAssertTrue(compare.grabs(390))
        compare.zoomIn()
        XCTAssertEqual([390, 230, 170].map(compare.grabs), [false, true, true])
        XCTAssertEqual([compare.seen.left, compare.seen.right, compare.seen.top], [0.25, 0.75, 0])
    }

    func testLimits() {
        var compare = compare()
        compare.pinch(to: 1000, about: .init(x: 0, y: 0))
        XCTAssertEqual(compare.zoom, Compare.MOST_ZOOM)
        compare.zoomOut()
        XCTAssertEqual(compare.zoom, Compare.MOST_ZOOM / 2)
        compare.reset()
        XCTAssertEqual(compare.frame, self.compare().frame)
        compare.drag(dividerTo: -5)
        XCTAssertEqual(compare.divider, 0)
        compare.step(divider: 0.25)
        XCTAssertEqual(compare.dividerWords, Words("compare_slider_value", .number(25)))
        compare.resize(view: .init(x: 0, y: 0), photo: .init(x: 1, y: 1))
        XCTAssertEqual(compare.frame, self.compare().frame, "a view of no size changes nothing")
    }
}

final class FoundTests: XCTestCase {
    private func diagnosis(_ kinds: [(String, Double)], light: LightCurve? = nil, level: Int = 40) -> Diagnosis {
        var levels = [[Int64]](repeating: [Int64](repeating: 0, count: 256), count: 3)
        for channel in 0..<3 { levels[channel][level] = 100 }
        return Diagnosis(
            node: 0, path: [0], confidences: [1], confidence: 1, code: [0], mask: [1],
            kinds: kinds.map { Likelihood(kind: $0.0, likelihood: $0.1) }, light: light, levels: levels)
    }

    func testSaysWhatAndHowSure() {
        let found = Found(diagnosis([("noise", 0.83), ("jpeg", 0.15), ("none", 0.02)]))
        let line = Words("found_line", .words(Words("kind_noise")), .words(Words("sure_very")), .number(83))
        XCTAssertEqual(found.line, line)
        XCTAssertEqual(found.next, Words("found_next", .words(Words("kind_jpeg")), .number(15)))
        XCTAssertNil(Found(diagnosis([("noise", 0.97), ("jpeg", 0.03)])).next)
        XCTAssertEqual([0.8, 0.5, 0.49].map { Found.sure($0).key }, ["sure_very", "sure_quite", "sure_hardly"])
    }

    func testNothingIsCertainThatIsNot() {
        XCTAssertEqual([1, 0.9999, 0.001, 0].map(Found.percent), [100, 99, 1, 0])
    }

    func testTheUsersWordCounts() {
        let found = Found(diagnosis([("noise", 0.8), ("jpeg", 0.2)]), kind: "motion")
        XCTAssertEqual(found.line, Words("found_by_user", .words(Words("kind_motion"))))
        XCTAssertNil(found.next)
        XCTAssertEqual(Found(diagnosis([])).line, Words("found_unknown"))
        XCTAssertEqual(kindWords("haze"), Words("haze"), "a kind without words says its name")
    }

    func testLightIsToldWhereItIsSeen() {
        let light = LightCurve.of([1, 1, 1], [0, 0, 0])
        XCTAssertEqual(
            Found(diagnosis([], light: light)).notes, [Words("found_brightened", .number(40), .number(80))])
        XCTAssertEqual(Found(diagnosis([], light: NO_LIGHT)).notes, [])
        XCTAssertEqual(Found(diagnosis([], light: light, level: 255)).notes, [], "white cannot be brightened")
    }

    func testLeftAlone() throws {
        let seen = diagnosis([("none", 1)])
        func notes(_ psnr: Double) -> [String] {
            let restored = Restored(
                diagnosis: seen, options: .plain, tile: 384, tiles: 1, changePsnr: psnr, seconds: [:])
            return Found(seen, restored: restored).notes.map(\.key)
        }
        XCTAssertEqual(notes(40), ["found_left_alone"])
        XCTAssertEqual(notes(39.9), ["found_change"])
    }
}

final class ChipTests: XCTestCase {
    func testSaysWhatRunsAndThatAPlanIsOne() throws {
        var chip = Chip(choice: choice(.npu), life: .ready, thermal: .none)
        XCTAssertEqual(try phrasebook("en").say(chip.line), "Core ML · Neural Engine · warmed up · phone cool")
        XCTAssertEqual(chip.placement, Words("chip_nodes_unknown"))
        chip.plan = PhonePlan.counted([(.npu, 3), (.npu, 1), (.cpu, 4), (nil, 0)])
        let told = try phrasebook("en").say(chip.placement)
        XCTAssertTrue(told.contains("2 of 4") && told.contains("not a measurement"), told)
    }

    func testEachFallbackNamesWhatFailedAndWhatCameAfterIt() throws {
        let failures = [choice(.npu), choice(.gpu)].map { EngineFailure(choice: $0, reason: "no") }
        let lines = try Chip(choice: choice(.cpu), failures: failures).fallbacks.map(phrasebook("en").say)
        XCTAssertEqual(lines.count, 2)
        XCTAssertTrue(lines[0].contains("on Neural Engine failed, so Core ML on GPU"), lines[0])
        XCTAssertTrue(lines[1].contains("on GPU failed, so Core ML on CPU"), lines[1])
    }

    func testThermalStatesOfThePlatform() {
        XCTAssertEqual(
            [0, 1, 2, 3, 4].map(Thermal.init(processState:)), [.none, .light, .severe, .critical, .unknown])
        XCTAssertEqual(Thermal.allCases.filter(\.isThrottled), [.severe, .critical])
    }

    func testOrderOfEngines() {
        func order(_ asked: Accelerator?, _ strict: Bool) -> [Accelerator] {
            EngineOrder.of(asked: asked, strict: strict, precision: .int8, held: [.int8]).map(\.accelerator)
        }
        XCTAssertEqual(order(nil, false), [.npu, .gpu, .cpu])
        XCTAssertEqual(order(.gpu, false), [.gpu, .npu, .cpu])
        XCTAssertEqual(order(.gpu, true), [.gpu])
        let float = EngineOrder.of(asked: nil, strict: false, precision: .float, held: [.int8, .float16])
        XCTAssertEqual(Set(float.map(\.precision)), [.float16])
        let only = EngineOrder.of(asked: nil, strict: false, precision: .int8, held: [.float32])
        XCTAssertEqual(only.first?.precision, .float32)
    }
}
