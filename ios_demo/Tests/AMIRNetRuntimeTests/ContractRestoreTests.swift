/// Vectors of options, diagnoses and whole restores with recorded engines, replayed (CONTRACT E7, R1-R8, S6).
import XCTest

@testable import AMIRNetRuntime

/// Gives what was recorded, and holds that it is given what was recorded.
private struct RecordedEngine: Engine {
    let title = "recorded"
    let fixedTile: Int? = nil
    let memory: EngineMemory? = nil
    let concurrency = Concurrency.parallel
    let given: JsonValue
    let runs = Calls()
    let tilesRun = Calls()

    var state: EngineState { get async { .ready } }

    func load() async throws {}
    func prewarm(tile: Int?) async throws {}
    func unload() async {}

    func encode(_ probes: [Pixels]) async throws -> (mask: [[Float]], value: [[Float]]) {
        _ = runs.add(probes.count)
        XCTAssertEqual(probes, try squares(given["encoder"]["probes"]))
        return (given["encoder"]["mask"].items.map(\.floats), given["encoder"]["value"].items.map(\.floats))
    }

    func restore(_ tile: Pixels, code: [Float]) async throws -> Answer {
        _ = tilesRun.add(tile.height)
        XCTAssertEqual(code, given["code"].floats)
        let input = sha256(tile.bytes)
        guard let recorded = given["tiles"].items.first(where: { $0["input"].string == input }) else {
            throw EngineError("recorded: no such tile was recorded")
        }
        if recorded["output"].isNull { throw OutOfMemoryError("toy: no memory for this tile; choose a smaller one") }
        return try answer(recorded["output"])
    }
}

final class ContractRestoreTests: XCTestCase {
    func testOptions() throws {
        try replay("options", "options") { given, _ in _ = try optionsOf(given) }
    }

    func testOptionsAndAModel() throws {
        try replay("options", "model") { given, _ in
            try checkOptions(modelOf(given["model"]), optionsOf(given["options"]))
        }
    }

    func testDiagnosis() throws {
        try replay("options", "diagnose") { given, expected in
            let (rows, engine) = (PixelRows(try pixels(given["photo"])), RecordedEngine(given: given))
            let (model, options) = (try modelOf(given["model"]), try optionsOf(given["options"]))
            let found = try waited { try await diagnose(model, engine, rows, options) }
            XCTAssertEqual(found.path, expected["path"].ints)
            XCTAssertEqual(found.confidences, expected["probabilities"].doubles)
            XCTAssertEqual(found.node, expected["path"].ints.last)
            XCTAssertEqual(found.confidence, expected["confidence"].double)
            XCTAssertEqual(found.code, expected["code"].floats)
            let stated = expected["likelihoods"]
            XCTAssertEqual(Set(found.kinds.map(\.kind)), Set(stated.keys))
            for each in found.kinds { XCTAssertEqual(each.likelihood, stated[each.kind].double) }
            check(found.light, expected["light"])
            XCTAssertEqual(engine.runs.all.count, given["options"].has("node") ? 0 : 1)
        }
    }

    func testRestore() throws {
        try replay("restores", "restore") { given, expected in
            let (restorer, rows, options, _) = try recorded(given)
            let found = try waited { try await restorer.restoreRows(rows, options) }
            XCTAssertEqual(found.restored.diagnosis.path, expected["path"].ints)
            check(found.restored.diagnosis.light, expected["light"])
            XCTAssertEqual(found.restored.tile, expected["size"].int)
            XCTAssertEqual(found.restored.tiles, expected["tiles"].int)
            XCTAssertEqual(found.rows.image, try pixels(expected["photo"]))
            XCTAssertEqual(Int(found.rows.change.squares), expected["squares"].int)
            XCTAssertEqual(Int(found.rows.change.numbers), expected["numbers"].int)
        }
    }

    func testCancelled() throws {
        try replay("restores", "cancelled") { given, expected in
            let cases = try document("restores")["groups"]["restore"]["cases"].items
            let wanted = cases.first { $0["name"].string == given["case"].string }!
            let (restorer, rows, options, engine) = try recorded(wanted["given"])
            let (after, total) = (given["after"].int, wanted["expected"]["tiles"].int)
            let cancelled = try waited {
                await Task {
                    do {
                        _ = try await restorer.restoreRows(rows, options) { progress in
                            XCTAssertEqual(progress.total, total)
                            if progress.done == after { withUnsafeCurrentTask { $0?.cancel() } }
                        }
                    } catch {
                        return error is CancellationError
                    }
                    return false
                }.value
            }
            XCTAssertTrue(cancelled)
            XCTAssertEqual(engine.tilesRun.all.count, expected["tiles"].int)
            let found = try waited { try await restorer.restoreRows(rows.reopened(), options) }
            XCTAssertEqual(found.rows.image, try pixels(wanted["expected"]["photo"]))
            XCTAssertEqual(Int(found.rows.change.squares), wanted["expected"]["squares"].int)
        }
    }

    func testTheRecordedResultsAreNotThePhotos() throws {
        for each in try document("restores")["groups"]["restore"]["cases"].items {
            let options = each["given"]["options"]
            let isKept = options.has("strength") && options["strength"].double == 0
            XCTAssertEqual(each["expected"]["squares"].int == 0, isKept, each["name"].string)
        }
    }

    func testARecordedEngineKnowsItsTilesOnly() throws {
        let given = try document("restores")["groups"]["restore"]["cases"].items[0]["given"]
        let engine = RecordedEngine(given: given)
        XCTAssertThrowsError(
            try waited { try await engine.restore(Pixels(height: 24, width: 24), code: given["code"].floats) })
    }

    private func check(_ light: LightCurve?, _ stated: JsonValue) {
        XCTAssertEqual(light?.gain, stated.isNull ? nil : stated["gain"].doubles)
        XCTAssertEqual(light?.bend, stated.isNull ? nil : stated["bend"].doubles)
    }

    /// The restorer, the rows, the options and the engine of a case.
    private func recorded(_ given: JsonValue) throws -> (Restorer, PixelRows, RestoreOptions, RecordedEngine) {
        let plan = try planOf(given["plan"])
        let tile = TileGeometry(
            size: plan.size, halo: plan.halo, overlap: plan.overlap, alignment: plan.alignment, radius: 0,
            flexible: plan.flexible, preferred: plan.size)
        let engine = RecordedEngine(given: given)
        let restorer = try Restorer(modelOf(given["model"], tile), engine: engine)
        return (restorer, PixelRows(try pixels(given["photo"])), try optionsOf(given["options"]), engine)
    }
}

private func optionsOf(_ given: JsonValue) throws -> RestoreOptions {
    var light = LightOption.auto
    if given.has("light") {
        if case .text(let word) = given["light"], word != "NaN" {
            light = try LightOption.parse(word)
        } else {
            light = .times(given["light"].double)
        }
    }
    func stated(_ key: String) -> JsonValue? { given.has(key) && !given[key].isNull ? given[key] : nil }
    return try RestoreOptions(
        light: light, kind: stated("kind")?.string, node: stated("node")?.int, strength: stated("strength")?.double ?? 1
    )
}

private func modelOf(
    _ given: JsonValue,
    _ tile: TileGeometry = TileGeometry(
        size: 56, halo: 12, overlap: 6, alignment: 4, radius: 9, flexible: true, preferred: 56)
) throws -> ModelSpec {
    let its = try treeNamed(given["tree"].string)
    var light: LightHead?
    if !given["light"].isNull {
        guard case .object(let stated) = try document("options")["shared"]["lights"][given["light"].string] else {
            fatalError("no object")
        }
        light = try lightHead(Fields(values: stated, where: "light"), its.size)
    }
    let probe = ProbeGeometry(
        size: given["probe_size"].int, probesPerSide: given["probes_per_side"].int, trim: given["trim"].int)
    return ModelSpec(where: "toy", tree: its, probe: probe, tile: tile, light: light)
}
