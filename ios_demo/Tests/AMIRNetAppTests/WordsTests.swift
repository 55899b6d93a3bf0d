import AMIRNetEngines
import AMIRNetRuntime
import XCTest

@testable import AMIRNetApp

final class WordsTests: XCTestCase {
    func testFillsPlacesInAnyOrder() {
        XCTAssertEqual(filled("%2$@ von %1$d (%3$d %%)", ["7", "a", "50"]), "a von 7 (50 %)")
        XCTAssertEqual(filled("100 % of %2$@ %1$q", ["a"]), "100 % of %2$@ %1$q")
    }

    func testNumbersFollowTheLanguage() throws {
        let change = Words("found_change", .decimal(38.25, digits: 1))
        XCTAssertTrue(try phrasebook("en").say(change).contains("38.2"))
        XCTAssertTrue(try phrasebook("de").say(change).contains("38,2"))
    }

    func testAKeyThatIsMissingIsSeen() throws {
        XCTAssertEqual(try phrasebook("en").say("no_such_key"), "no_such_key")
    }

    func testBothLanguagesHaveTheSameKeysAndPlaces() throws {
        let (english, german) = (try strings("en"), try strings("de"))
        XCTAssertGreaterThan(english.count, 190)
        XCTAssertEqual(Set(english.keys), Set(german.keys))
        for (key, text) in english { XCTAssertEqual(places(text), places(german[key]!), key) }
    }

    func testEveryWordThatTheLogicSaysIsThereWithItsPlaces() throws {
        let texts = try strings("en")
        for words in said() {
            let text = try XCTUnwrap(texts[words.key], words.key)
            let wanted = Set((0..<words.arguments.count).map { String($0 + 1) })
            XCTAssertEqual(Set(places(text).map { String($0.prefix { $0 != "$" }) }), wanted, words.key)
            for argument in words.arguments {
                if case .words(let inner) = argument { XCTAssertNotNil(texts[inner.key]) }
            }
        }
    }

    private func places(_ text: String) -> [String] {
        text.matches(of: /%(\d\$[d@])/).map { String($0.1) }.sorted()
    }

    private func said() -> [Words] {
        var words = EngineLife.allCases.map { Words("state_\($0.rawValue)") }
        words += Thermal.allCases.map(\.words) + PrecisionSetting.allCases.map(\.words)
        words += (Accelerator.allCases.map { $0 } + [nil]).map(acceleratorWords)
        words += [LightChoice.automatic, .keep, .brighten, .percent(1)].map(\.words)
        words += [BenchmarkStage.loading, .tiles, .photo, .underLoad(minute: 1, of: 2)].map(\.words)
        words += ["noise", "lowlight", "camera", "defocus", "motion", "jpeg", "none"].map { kindWords(kindOf($0)) }
        let plan = PhonePlan(operations: 9, preferred: [.npu: 8], cost: [:])
        let failures = [EngineFailure(choice: choice(.npu), reason: "no")]
        for plan in [plan, nil] {
            let chip = Chip(choice: choice(.gpu), plan: plan, failures: failures)
            words += [chip.line, chip.placement] + chip.fallbacks
        }
        words += [Compare().zoomWords, Compare().dividerWords, RestoreState().described, Words("save_done", .text(""))]
        return words
    }
}

final class ProblemTests: XCTestCase {
    private let errors: [AmirnetError.Type] = [
        AmirnetError.self, BundleError.self, UnknownBundleError.self, UnsupportedSchemaError.self,
        MissingFileError.self,
        ExtraFileError.self, ChangedFileError.self, ExternalDataError.self, UnsafePathError.self, ManifestError.self,
        ImageError.self, OutputError.self, TileError.self, NodeError.self, OptionError.self, EngineError.self,
        OutOfMemoryError.self,
    ]

    func testEveryErrorOfTheContractHasWordsAndARemedy() throws {
        let texts = try strings("en")
        var seen: Set<String> = []
        for type in errors {
            let problem = Problem(type.init("m.jpg: broken; mend it"))
            XCTAssertNotNil(texts[problem.what.key], "\(type)")
            XCTAssertNotNil(texts[problem.remedy.key], "\(type)")
            XCTAssertEqual(problem.details, "m.jpg: broken; mend it")
            seen.insert(problem.what.key)
        }
        XCTAssertEqual(errorKey("OutOfMemoryError"), "error_out_of_memory")
        XCTAssertEqual(seen.count, errors.count - 1, "two errors share their words")
    }

    func testOtherErrorsAreTheStagesOwn() {
        XCTAssertEqual(Problem(CocoaError(.fileNoSuchFile), otherwise: "error_output").what.key, "error_output")
    }
}
