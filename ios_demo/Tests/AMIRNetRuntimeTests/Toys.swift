/// Small engines, photos and bundles that the tests are made of.
import Foundation
import XCTest

@testable import AMIRNetRuntime

/// A photo that rectangles are put into, and a list of what was seen.
final class Canvas {
    var photo: Pixels
    var seen: [[Int]] = []

    init(_ photo: Pixels) {
        self.photo = photo
    }

    func put(_ top: Int, _ left: Int, _ levels: Pixels) {
        for row in 0..<levels.height {
            let at = ((top + row) * photo.width + left) * 3
            let own = levels.bytes[(row * levels.width * 3)..<((row + 1) * levels.width * 3)]
            photo.bytes.replaceSubrange(at..<(at + own.count), with: own)
        }
    }
}

/// Calls at an engine, counted by all tasks together.
final class Calls: @unchecked Sendable {
    private let lock = NSLock()
    private var sides: [Int] = []

    func add(_ side: Int) -> Int {
        lock.lock()
        defer { lock.unlock() }
        sides.append(side)
        return sides.count
    }

    var all: [Int] {
        lock.lock()
        defer { lock.unlock() }
        return sides
    }
}

/// An engine without a network: what it answers is made of what it is given by a function.
struct ToyEngine: Engine {
    var title = "a toy"
    var fixedTile: Int?
    var memory: EngineMemory?
    var concurrency = Concurrency.parallel
    var calls = Calls()
    var size = 7
    /// Of a tile, its code, and how many calls came before.
    var answer: @Sendable (Pixels, [Float], Int) async throws -> Answer = { tile, _, _ in .levels(tile) }
    /// Of each probe its mask and its value.
    var encoded: @Sendable (Pixels) throws -> ([Float], [Float]) = { _ in
        ([1, 0.75, 0.25, 0.125, 0.625, 0.25, 0], [Float](repeating: 0.5, count: 7))
    }

    var state: EngineState { get async { .ready } }

    func load() async throws {}
    func prewarm(tile: Int?) async throws {}
    func unload() async {}

    func encode(_ probes: [Pixels]) async throws -> (mask: [[Float]], value: [[Float]]) {
        let answers = try probes.map(encoded)
        return (answers.map(\.0), answers.map(\.1))
    }

    func restore(_ tile: Pixels, code: [Float]) async throws -> Answer {
        try await answer(tile, code, calls.add(tile.height) - 1)
    }
}

extension ModelSpec {
    static func toy(
        _ tile: TileGeometry = TileGeometry(
            size: 56, halo: 12, overlap: 6, alignment: 4, radius: 9, flexible: true, preferred: 56),
        light: LightHead? = nil, treeName: String = "example"
    ) throws -> ModelSpec {
        ModelSpec(
            where: "toy", tree: try treeNamed(treeName), probe: ProbeGeometry(size: 16, probesPerSide: 3, trim: 0),
            tile: tile,
            light: light)
    }
}

/// A photo and its result in two arrays.
final class PixelRows: PhotoRows, @unchecked Sendable {
    let photo: Pixels
    private(set) var image: Pixels
    private(set) var change = Change()

    init(_ photo: Pixels) {
        self.photo = photo
        image = Pixels(height: photo.height, width: photo.width)
    }

    var width: Int { photo.width }
    var height: Int { photo.height }

    func read(_ top: Int, _ bottom: Int) -> Pixels {
        photo.block(top, 0, bottom - top, width)
    }

    func write(_ top: Int, _ left: Int, _ seen: Pixels, _ restored: Pixels) {
        change.add(seen, restored)
        let canvas = Canvas(image)
        canvas.put(top, left, restored)
        image = canvas.photo
    }

    func reopened() -> PixelRows { PixelRows(photo) }
}

/// A photo of any size, the same for the same seed.
func noise(_ height: Int, _ width: Int, seed: UInt64 = 1) -> Pixels {
    var random = Random(seed: seed)
    return Pixels(height: height, width: width, bytes: (0..<(height * width * 3)).map { _ in UInt8(random.below(256)) })
}

/// Numbers that look like chance and are the same for the same seed (xorshift64*).
struct Random {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
    }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_f491_4f6c_dd1d
    }

    mutating func below(_ bound: Int) -> Int {
        Int(next() >> 33) % bound
    }
}

/// What an async piece of work gives, for tests that are not.
func waited<Result>(_ work: () async throws -> Result) throws -> Result {
    try withoutActuallyEscaping(work) { work in
        let box = Waiting<Result>()
        let done = DispatchSemaphore(value: 0)
        box.work = work
        Task.detached {
            do { box.result = .success(try await box.work!()) } catch { box.result = .failure(error) }
            done.signal()
        }
        done.wait()
        box.work = nil
        return try box.result!.get()
    }
}

private final class Waiting<Result>: @unchecked Sendable {
    var work: (() async throws -> Result)?
    var result: Swift.Result<Result, any Error>?
}
