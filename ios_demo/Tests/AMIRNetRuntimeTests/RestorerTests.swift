/// Restoring in tasks: progress, cancelling, smaller tiles, the same bytes twice (CONTRACT R4, R8, S6).
import XCTest

@testable import AMIRNetRuntime

final class RestorerTests: XCTestCase {
    private let photo = noise(90, 77)

    func testProgressCountsEveryTile() async throws {
        let seen = Reports()
        let restorer = try Restorer(.toy(), engine: ToyEngine())
        let found = try await restorer.restoreRows(PixelRows(photo), progress: { seen.add($0) })
        XCTAssertEqual(found.rows.image, photo)
        XCTAssertEqual(found.restored.changePsnr, 100)
        XCTAssertTrue(found.restored.leftAlone)
        let total = try restorer.planFor(77, 90).count
        XCTAssertEqual(seen.all, (0...total).map { TileProgress(done: $0, total: total) })
    }

    func testProgressNeverGoesBackWhereASmallerTileIsTried() async throws {
        var engine = ToyEngine()
        engine.answer = { tile, _, before in
            if before == 5 { throw OutOfMemoryError("toy: no memory; choose a smaller tile") }
            return .levels(Pixels(height: tile.height, width: tile.width, level: 9))
        }
        let seen = Reports()
        let rows = PixelRows(photo)
        let found = try await Restorer(.toy(), engine: engine).restoreRows(rows, progress: { seen.add($0) })
        XCTAssertLessThan(found.restored.tile, 56)
        XCTAssertEqual(found.rows.image, Pixels(height: 90, width: 77, level: 9))
        let fractions = seen.all.map(\.fraction)
        XCTAssertEqual(fractions, fractions.sorted())
        XCTAssertEqual(Set(fractions).count, fractions.count)
        XCTAssertEqual([fractions.first, fractions.last], [0, 1])
    }

    func testTheStreamOfProgressEndsWithTheRestore() async throws {
        var engine = ToyEngine()
        engine.answer = { tile, _, _ in
            try await Task.sleep(for: .milliseconds(2))
            return .levels(tile)
        }
        let restoring = try Restorer(.toy(), engine: engine).restoring(PixelRows(photo))
        var fractions: [Double] = []
        for await progress in restoring.progress { fractions.append(progress.fraction) }
        XCTAssertEqual(fractions.last, 1)
        XCTAssertEqual(fractions, fractions.sorted())
        let found = try await restoring.result
        XCTAssertEqual(found.rows.image, photo)
    }

    func testCancellingEndsWithinOneTileAndTheEngineServesTheNextCall() async throws {
        let (started, calls) = (expectation(description: "a tile is at work"), Calls())
        var engine = ToyEngine()
        engine.calls = calls
        engine.answer = { tile, _, before in
            if before == 2 {
                started.fulfill()
                try? await Task.sleep(for: .seconds(60))  // until it is cancelled
            }
            return .levels(tile)
        }
        let restorer = try Restorer(.toy(), engine: engine)
        let restoring = restorer.restoring(PixelRows(photo))
        await fulfillment(of: [started], timeout: 30)
        restoring.cancel()
        do {
            _ = try await restoring.result
            XCTFail("it was not cancelled")
        } catch {
            XCTAssertTrue(error is CancellationError, "\(error)")
        }
        XCTAssertEqual(calls.all.count, 3)
        let found = try await restorer.restoreRows(PixelRows(photo))
        XCTAssertEqual(found.rows.image, photo)
    }

    func testNoSizeSuffices() async throws {
        var engine = ToyEngine()
        engine.answer = { _, _, _ in throw OutOfMemoryError("toy: no memory; choose a smaller tile") }
        await refused(engine, as: OutOfMemoryError.self, naming: "tile 32")
    }

    func testOtherErrorsAreNotTriedAgain() async throws {
        var engine = ToyEngine()
        engine.answer = { _, _, _ in throw EngineError("toy: broken; export the bundle again") }
        await refused(engine, as: EngineError.self, naming: "broken")
        XCTAssertEqual(engine.calls.all.count, 1)
    }

    func testAnAnswerOfAnEarlierSizeIsRefused() async throws {
        var engine = ToyEngine()
        engine.answer = { tile, _, _ in .levels(Pixels(height: tile.height - 4, width: tile.width)) }
        await refused(engine, as: EngineError.self, naming: "for a tile of")
    }

    func testNumbersThatAreNoneAreRefused() async throws {
        var engine = ToyEngine()
        engine.encoded = { _ in ([Float](repeating: .nan, count: 7), [Float](repeating: 1, count: 7)) }
        await refused(engine, as: EngineError.self, naming: "NaN or infinity")
    }

    func testPhotoSizesFromOnePixelUp() async throws {
        let restorer = try Restorer(.toy(), engine: ToyEngine())
        for (height, width) in [(1, 1), (1, 2), (2, 1), (3, 70), (70, 3), (15, 16), (17, 31)] {
            let photo = noise(height, width)
            let found = try await restorer.restoreRows(PixelRows(photo))
            XCTAssertEqual(found.rows.image, photo)
        }
    }

    func testATileTheModelCannotTake() throws {
        for tile in [0, 24, 27, 57] {
            XCTAssertThrowsError(try Restorer(.toy(), engine: ToyEngine(), tile: tile)) {
                XCTAssertTrue($0 is TileError)
            }
        }
        XCTAssertThrowsError(try Restorer(.toy(), engine: ToyEngine(fixedTile: 56), tile: 48)) {
            XCTAssertTrue("\($0)".contains("56 only"))
        }
    }

    private func refused(
        _ engine: ToyEngine, as kind: AmirnetError.Type, naming: String, line: UInt = #line
    ) async {
        do {
            _ = try await Restorer(.toy(), engine: engine).restoreRows(PixelRows(photo))
            XCTFail("nothing was thrown", line: line)
        } catch {
            XCTAssertTrue(type(of: error) == kind && "\(error)".contains(naming), "\(error)", line: line)
        }
    }
}

private final class Reports: @unchecked Sendable {
    private let lock = NSLock()
    private var seen: [TileProgress] = []

    func add(_ progress: TileProgress) {
        lock.lock()
        defer { lock.unlock() }
        seen.append(progress)
    }

    var all: [TileProgress] {
        lock.lock()
        defer { lock.unlock() }
        return seen
    }
}
