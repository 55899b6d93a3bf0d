import AMIRNetRuntime
import Foundation
import XCTest

@testable import AMIRNetApp
@testable import AMIRNetEngines

final class RestoreJobTests: XCTestCase {
    private var folder = FileManager.default.temporaryDirectory
    private static let BUNDLE = Result { try ModelBundle.open("\(PROJECT.path)/../sdk/amirnet/bundles/tiny") }

    override func setUpWithError() throws {
        folder = try freshFolder()
    }

    override func tearDownWithError() throws {
        try FileManager.default.removeItem(at: folder)
    }

    /// `fails`: accelerator -> the tile at which its engine fails.
    private func job(_ fails: [Accelerator: Int], _ error: EngineError = EngineError("m: lost; try")) throws -> (
        RestoreJob, EngineChain
    ) {
        let bundle = try Self.BUNDLE.get()
        let size = bundle.tree.size
        let chain = EngineChain([choice(.npu), choice(.gpu)]) { choice in
            let failsAt = fails[choice.accelerator]
            return FakeEngine(choice, fails: failsAt == nil ? nil : error, failsAt: failsAt ?? 0, size: size)
        }
        return (RestoreJob(bundle.spec, chain), chain)
    }

    private func photo(_ stored: Pixels) throws -> OpenPhoto {
        try OpenPhoto(
            storedWidth: stored.width, storedHeight: stored.height, orientation: .upright, profile: .srgb,
            folder: folder
        ) { place in
            for pixel in 0..<(stored.width * stored.height) {
                for channel in 0..<3 { place[pixel * 4 + channel] = stored.bytes[pixel * 3 + channel] }
            }
        }
    }

    func testAnEngineThatFailsInTheMiddleLeavesNoTileOfIts() async throws {
        let stored = noisy(500, 300)
        let (job, chain) = try job([.npu: 2])
        let log = Log<TileProgress>()
        let result = try await job.run(try photo(stored), try RestoreOptions(light: .keep)) { log.add($0) }
        XCTAssertEqual(result.rows.mixed(0, 500, parts: 256).bytes, stored.bytes.map { 255 - $0 })
        XCTAssertEqual(result.rows.change.numbers, Int64(stored.bytes.count), "each pixel counts once")
        let failures = await chain.failures
        XCTAssertEqual(failures.map(\.choice.accelerator), [.npu])
        XCTAssertEqual(log.values.filter { $0.done == 0 }.count, 2, "begun anew")
        XCTAssertEqual(log.values.last?.fraction, 1)
    }

    func testWhenAllFailThatIsTheError() async throws {
        let (job, _) = try job([.npu: 1, .gpu: 1])
        do {
            _ = try await job.run(try photo(noisy(20, 20)), .plain) { _ in }
            XCTFail("both engines failed")
        } catch let error as EngineError {
            XCTAssertEqual(error.message, "m: lost; try")
        }
    }

    func testLackOfMemoryIsNoFaultOfTheEngine() async throws {
        let (job, chain) = try job([.npu: 1], OutOfMemoryError("m: no memory; close others"))
        do {
            _ = try await job.run(try photo(noisy(20, 20)), .plain) { _ in }
            XCTFail("no tile fits")
        } catch is OutOfMemoryError {
            let failures = await chain.failures
            XCTAssertEqual(failures, [])
        }
    }

    func testCancelsWithinATile() async throws {
        let (job, _) = try job([:])
        let photo = try photo(noisy(500, 300))
        let log = Log<Int>()
        let box = Log<Task<Void, any Error>>()
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            for await _ in gate {}
            _ = try await job.run(photo, .plain) { progress in
                log.add(progress.done)
                if progress.done == 1 { box.values.first?.cancel() }
            }
        }
        box.add(task)
        open.finish()
        do {
            try await task.value
            XCTFail("it was cancelled")
        } catch is CancellationError {
            XCTAssertEqual(log.values, [0, 1])
        }
    }
}
