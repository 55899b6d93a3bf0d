import AMIRNetRuntime
import Foundation
import XCTest

@testable import AMIRNetApp

final class StoreTests: XCTestCase {
    func testChoicesBecomeTheContractsOptions() throws {
        var choices = Choices()
        XCTAssertEqual(try choices.options(), .plain)
        (choices.light, choices.kind, choices.strength) = (.percent(50), "noise", 60)
        XCTAssertEqual(try choices.options(), try RestoreOptions(light: .times(0.5), kind: "noise"))
        XCTAssertEqual(choices.parts, 154)
        XCTAssertEqual(
            [LightChoice.automatic, .keep, .percent(50), .brighten].map { light in
                choices.light = light
                return choices.lightScale
            }, [1, 0, 0.5, nil])
        choices.light = .percent(500)
        XCTAssertThrowsError(try choices.options())
    }

    func testSliders() {
        var choices = Choices()
        XCTAssertEqual([choices.strengthSlider, choices.lightSlider], [100, 100])
        (choices.strengthSlider, choices.lightSlider) = (40.4, 55)
        XCTAssertEqual(choices.strength, 40)
        XCTAssertEqual(choices.light, .percent(55))
        choices.light = .keep
        XCTAssertEqual(choices.lightSlider, 0)
    }

    func testStrengthAloneNeedsNoRestoring() {
        var other = Choices()
        other.strength = 10
        XCTAssertFalse(other.needRestoring(after: Choices()))
        other.light = .keep
        XCTAssertTrue(other.needRestoring(after: Choices()))
    }

    func testAJobOutlivesTheApp() throws {
        let folder = try freshFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = JobStore(folder)
        XCTAssertNil(store.unfinished())
        var choices = Choices()
        choices.light = .percent(70)
        let record = JobRecord(photo: "a.heic", name: "IMG.HEIC", choices: choices)
        try Data("x".utf8).write(to: store.photo(record))
        try Data("x".utf8).write(to: folder.appendingPathComponent("older.heic"))
        try store.keep(record)
        store.sweep(keeping: record)
        XCTAssertEqual(JobStore(folder).unfinished(), record)
        XCTAssertEqual(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted(), ["a.heic", "job.json"])
        store.end()
        XCTAssertNil(store.unfinished())
        try store.keep(JobRecord(photo: "gone.heic", name: "", choices: choices))
        XCTAssertNil(store.unfinished(), "its photo is gone")
        let outside = JobRecord(photo: "../../b", name: "", choices: choices)
        XCTAssertEqual(store.photo(outside).deletingLastPathComponent().path, folder.path)
    }

    func testSettingsComeBackAndOldOnesDoNoHarm() {
        var settings = Settings()
        (settings.engine, settings.strict, settings.keepsPlace) = (.gpu, true, true)
        XCTAssertEqual(Settings(kept: settings.toKeep), settings)
        XCTAssertEqual(Settings(kept: Data("{\"engine\": 7}".utf8)), Settings())
        XCTAssertEqual(Settings(kept: nil), Settings())
    }

    func testNoAppInTheBackgroundUsesTheGpu() {
        typealias Policy = BackgroundPolicy
        XCTAssertEqual(Policy.decide(accelerator: .npu, continued: true, gpu: false), .goOn)
        XCTAssertEqual(Policy.decide(accelerator: .cpu, continued: false, gpu: false), .untilTimeEnds)
        XCTAssertEqual(Policy.decide(accelerator: .gpu, continued: true, gpu: false), .interrupt)
        XCTAssertEqual(Policy.decide(accelerator: .gpu, continued: true, gpu: true), .goOn)
        XCTAssertEqual(Policy.line(.goOn), Words("progress_background"))
        XCTAssertNil(Policy.line(.untilTimeEnds), "nothing is promised that may not come true")
    }
}
