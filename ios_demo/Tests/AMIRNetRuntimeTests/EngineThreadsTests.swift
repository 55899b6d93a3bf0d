/// Engines under many tasks (CONTRACT G7, G8).
import AMIRNetEngines
import XCTest

@testable import AMIRNetRuntime

final class EngineThreadsTests: XCTestCase {
    func testTwoTasksThatNeedAGraphAtOnceLoadItOnce() async throws {
        for concurrency in [Concurrency.parallel, .inTurn] {
            let library = IdleLibrary(concurrency: concurrency)
            let engine = try GraphEngine(smallBundle(), library)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 { group.addTask { try await engine.load() } }
                for _ in 0..<20 { group.addTask { _ = try await engine.encode([Pixels(height: 64, width: 64)]) } }
                try await group.waitForAll()
            }
            XCTAssertEqual(library.loads.all.count, 2, "encoder and restorer")
        }
    }

    func testEachTaskGetsTheAnswerToItsOwnTile() async throws {
        for concurrency in [Concurrency.parallel, .inTurn] {
            let engine = try GraphEngine(
                smallBundle(),
                IdleLibrary(concurrency: concurrency) { tile in
                    await Task.yield()
                    return .levels(tile)
                })
            let code = try engine.bundle.tree.codeFor(0)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for level in 0..<50 {
                    group.addTask {
                        let tile = Pixels(height: 8, width: 8, level: UInt8(level))
                        return try await engine.restore(tile, code: code) == .levels(tile)
                    }
                }
                for try await isOwn in group { XCTAssertTrue(isOwn) }
            }
        }
    }

    func testCallsInTurnWaitForEachOtherAndParallelOnesDoNot() async throws {
        for (concurrency, most) in [(Concurrency.inTurn, 1), (.parallel, 8)] {
            let inside = Inside()
            let engine = try GraphEngine(
                smallBundle(),
                IdleLibrary(concurrency: concurrency) { tile in
                    inside.enter()
                    try await Task.sleep(for: .milliseconds(concurrency == .inTurn ? 3 : 300))
                    inside.leave()
                    return .levels(tile)
                })
            let code = try engine.bundle.tree.codeFor(0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask { _ = try await engine.restore(Pixels(height: 4, width: 4), code: code) }
                }
                try await group.waitForAll()
            }
            XCTAssertEqual(inside.most, most, "\(concurrency)")
        }
    }

    func testAnEngineThatRanOutOfMemoryLoadsItsGraphAgain() async throws {
        let calls = Calls()
        let library = IdleLibrary { tile in
            if calls.add(1) == 1 { throw OutOfMemoryError("idle: no memory; choose a smaller tile") }
            return .levels(tile)
        }
        let engine = try GraphEngine(smallBundle(), library)
        let (code, tile) = (try engine.bundle.tree.codeFor(0), Pixels(height: 4, width: 4))
        do {
            _ = try await engine.restore(tile, code: code)
            XCTFail("nothing was thrown")
        } catch {
            XCTAssertTrue(error is OutOfMemoryError)
        }
        let state = await engine.state
        XCTAssertEqual(state, .unloaded)
        let found = try await engine.restore(tile, code: code)
        XCTAssertEqual(found, .levels(tile))
        XCTAssertEqual(library.loads.all.count, 2)
    }

    func testUnloadingInTheMidstOfCallsChangesNoResult() async throws {
        let engine = try GraphEngine(smallBundle(), IdleLibrary())
        let code = try engine.bundle.tree.codeFor(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for level in 0..<30 {
                group.addTask {
                    let tile = Pixels(height: 4, width: 4, level: UInt8(level))
                    let found = try await engine.restore(tile, code: code)
                    XCTAssertEqual(found, .levels(tile))
                }
                group.addTask { await engine.unload() }
            }
            try await group.waitForAll()
        }
    }
}

/// How many tasks are within something, and the most that were.
private final class Inside: @unchecked Sendable {
    private let lock = NSLock()
    private var now = 0
    private(set) var most = 0

    func enter() { change(1) }

    func leave() { change(-1) }

    private func change(_ by: Int) {
        lock.lock()
        defer { lock.unlock() }
        now += by
        most = max(most, now)
    }
}
