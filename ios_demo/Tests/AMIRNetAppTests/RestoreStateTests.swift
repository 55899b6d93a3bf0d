import AMIRNetRuntime
import XCTest

@testable import AMIRNetApp

final class RestoreStateTests: XCTestCase {
    private let problem = Problem(ImageError("x: broken; mend it"))

    private func state(_ events: RestoreEvent...) -> RestoreState {
        var state = RestoreState()
        for event in events { state.apply(event) }
        return state
    }

    private func tile(_ done: Int, of total: Int = 4) -> RestoreEvent {
        .progress(TileProgress(done: done, total: total), at: Double(done))
    }

    func testTheWholeWay() {
        var state = state(.chose, .opened, tile(0), tile(1), tile(2), tile(3), tile(4), .finished)
        XCTAssertEqual(state.stage, .done(.unsaved))
        XCTAssertEqual(state.fraction, 1)
        state.apply(.save)
        XCTAssertTrue(state.isBusy)
        state.apply(.saved(SaveReport(name: "a", lines: [])))
        XCTAssertEqual(state.stage, .done(.saved(SaveReport(name: "a", lines: []))))
        state.changed()
        XCTAssertEqual(state.stage, .done(.unsaved), "what was saved is not what is shown any more")
        state.apply(.another)
        XCTAssertEqual(state, RestoreState())
    }

    func testProgressNeverGoesBack() {
        var state = state(.chose, .opened, tile(0), tile(3))
        XCTAssertEqual(state.fraction, 0.75)
        state.apply(.progress(TileProgress(done: 1, total: 9), at: 9))  // begun anew, on another engine say
        XCTAssertEqual(state.fraction, 0.75)
        XCTAssertEqual(state.lines.map(\.key), ["progress_tiles", "progress_left_unknown"])
    }

    func testCancellingWaitsForItsTileAndLateProgressIsPassedOver() {
        var state = state(.chose, .opened, tile(1), .cancel)
        XCTAssertEqual(state.stage, .cancelling)
        state.apply(tile(2))
        XCTAssertEqual(state.progress?.done, 1)
        state.apply(.ended)
        XCTAssertEqual(state.stage, .choosing(cancelled: true))
        XCTAssertEqual(state.lines, [Words("progress_cancelled")])
    }

    func testCancellingAtTheLastTileGivesTheResult() {
        XCTAssertEqual(state(.chose, .opened, tile(3), .cancel, .finished).stage, .done(.unsaved))
    }

    func testFailuresEndTheJobAndItCanBeTriedAgain() {
        var state = state(.chose, .opened, .failed(problem))
        XCTAssertEqual(state.stage, .failed(problem))
        state.apply(.finished)
        XCTAssertEqual(state.stage, .failed(problem), "a job that failed cannot finish")
        state.apply(.again)
        XCTAssertEqual(state.stage, .opening)
        XCTAssertEqual(self.state(.chose, .opened, .cancel, .failed(problem)).stage, .choosing(cancelled: true))
    }

    func testNothingIsChosenOrLeftWhileAJobRuns() {
        for event in [RestoreEvent.chose, .another, .again, .save] {
            XCTAssertEqual(state(.chose, .opened, tile(1), event).stage, .restoring)
        }
    }

    func testCancellingASecondRestoreGivesTheFirstResultBack() {
        var state = state(.chose, .opened, tile(4), .finished, .again)
        XCTAssertEqual(state.stage, .opening)
        state.apply(.cancel)
        state.apply(.ended)
        XCTAssertEqual(state.stage, .done(.unsaved))
    }

    func testASaveThatFailedMayBeTriedAgain() {
        var state = state(.chose, .opened, .finished, .save, .saveFailed(problem))
        XCTAssertEqual(state.stage, .done(.failed(problem)))
        state.apply(.save)
        XCTAssertEqual(state.stage, .done(.saving))
    }

    func testInterruptedAndStartedAgain() {
        XCTAssertEqual(state(.chose, .opened, tile(1), .interrupted).stage, .interrupted)
        var state = RestoreState(interrupted: true)
        XCTAssertEqual(state.lines, [Words("progress_interrupted")])
        state.apply(.again)
        XCTAssertEqual(state.stage, .opening)
    }
}

final class TimeLeftTests: XCTestCase {
    private func left(_ tiles: [(done: Int, at: Double)], of total: Int) -> TimeLeft {
        var left = TimeLeft()
        for tile in tiles { left.add(done: tile.done, total: total, at: tile.at) }
        return left
    }

    func testSaysNothingBeforeThreeTiles() {
        XCTAssertEqual(left([(0, 0), (1, 1), (2, 2)], of: 9).words, Words("progress_left_unknown"))
        XCTAssertEqual(left([(0, 0), (1, 1), (2, 2), (3, 3)], of: 9).seconds, 6)
    }

    func testNewTilesWeighMore() {
        let steady = (0...10).map { (done: $0, at: Double($0)) }
        let slower = steady + [(done: 11, at: 16)]  // one tile of 6 s: 1 + 0.2 * 5 a tile
        XCTAssertEqual(left(slower, of: 12).seconds!, 2, accuracy: 1e-9)
    }

    func testBeginsAnewWithSmallerTiles() {
        XCTAssertNil(left([(0, 0), (1, 1), (2, 2), (3, 3), (0, 4)], of: 9).seconds)
    }

    func testWords() {
        func words(_ each: Double, _ total: Int) -> Words {
            left((0...4).map { ($0, Double($0) * each) }, of: total).words
        }
        XCTAssertEqual(words(1, 8), Words("progress_left_seconds", .number(4)))
        XCTAssertEqual(words(1, 27), Words("progress_left_seconds", .number(25)))
        XCTAssertEqual(words(1, 124), Words("progress_left_minutes", .number(2)))
        XCTAssertEqual(words(0.01, 5), Words("progress_left_seconds", .number(1)))
    }
}
