/// What an engine is: it runs the two graphs of a bundle (CONTRACT G1-G9). AMIRNetEngines has those there are.

/// A restored tile, HWC: levels, or float32 in [0, 1] that is not clipped (CONTRACT G3, G6).
public enum Answer: Sendable, Equatable {
    case levels(Pixels)
    case numbers(Floats)

    public var height: Int { shape[0] }
    public var width: Int { shape[1] }

    /// (height, width, 3).
    public var shape: [Int] {
        switch self {
        case .levels(let pixels): pixels.shape
        case .numbers(let floats): floats.shape
        }
    }

    /// A rectangle, copied.
    public func block(_ top: Int, _ left: Int, _ height: Int, _ width: Int) -> Answer {
        switch self {
        case .levels(let pixels): .levels(pixels.block(top, left, height, width))
        case .numbers(let floats): .numbers(floats.block(top, left, height, width))
        }
    }

    var hasNaN: Bool {
        guard case .numbers(let floats) = self else { return false }
        return floats.values.withUnsafeBufferPointer { values in
            var found = false
            for value in values { found = found || value.isNaN }
            return found
        }
    }
}

/// Where an engine is in its life (CONTRACT G7). It may go from any of these to any other, and serves in all.
public enum EngineState: String, Sendable {
    /// It holds no graph. The first call loads what it needs.
    case unloaded
    /// It holds a graph at least.
    case loaded
    /// Its graphs have run once: the next tile takes no longer than any other.
    case ready
}

/// What happens when several tasks call one engine (CONTRACT G8). Both are safe.
public enum Concurrency: String, Sendable {
    /// They run at once.
    case parallel
    /// One after the other: each call waits for those before it.
    case inTurn = "in turn"
}

/// What restoring with an engine takes beside the photo, in bytes; measured.
public struct EngineMemory: Sendable, Equatable {
    /// The process, the libraries, both graphs, and the pieces in which rows are copied.
    public let runtime: Int
    /// A pixel of the tile's input: all the tensors of the engine, and those around it.
    public let tilePixel: Int

    public init(runtime: Int, tilePixel: Int) {
        (self.runtime, self.tilePixel) = (runtime, tilePixel)
    }
}

/// Runs a bundle's graphs on camera bytes: 8-bit RGB, channels last. What a graph wants beyond that, division by 255 or
/// planes, is the engine's business. All methods throw EngineError. Answers are the caller's to keep.
public protocol Engine: Sendable {
    /// What runs, for people.
    var title: String { get }

    /// Side in pixels of the only tiles that its restorer takes; nil: any multiple of the alignment.
    var fixedTile: Int? { get }

    /// What it takes for a model of the shipped one's size; nil: nobody measured it.
    var memory: EngineMemory? { get }

    var state: EngineState { get async }

    var concurrency: Concurrency { get }

    /// Load both graphs now instead of when they are first used. Of a folded bundle, whose restorers are many, the
    /// encoder alone.
    func load() async throws

    /// Load, and run each graph once on gray, a tile of that side; nil: the bundle's.
    func prewarm(tile: Int?) async throws

    /// Let go of the graphs and their memory, when the calls at work in them are done.
    func unload() async

    /// N probes of S x S pixels -> mask, N rows of K probabilities per level, and value, N rows of K.
    func encode(_ probes: [Pixels]) async throws -> (mask: [[Float]], value: [[Float]])

    /// A tile, and a code of K numbers -> the restored tile, of the same size.
    func restore(_ tile: Pixels, code: [Float]) async throws -> Answer
}

/// Throws EngineError unless an encoder's answer for `count` probes has the contract's shape (CONTRACT G2).
public func checkEncoded(_ where: String, _ mask: [[Float]], _ value: [[Float]], _ count: Int, _ size: Int) throws {
    for answer in [mask, value] where answer.count != count || answer.contains(where: { $0.count != size }) {
        let found = "\(answer.count) rows of \(answer.first?.count ?? 0)"
        throw EngineError("\(`where`): returned \(found), not \(count) of \(size); export the bundle again")
    }
}

/// Throws EngineError unless a restorer's answer has its tile's shape (CONTRACT G3).
public func checkRestored(_ where: String, _ restored: Answer, _ tile: Pixels) throws {
    if restored.shape != tile.shape {
        let found = "returned \(restored.shape) for a tile of \(tile.shape)"
        throw EngineError("\(`where`): \(found); export the bundle again")
    }
}

/// A runtime library's message, short enough for one line.
public func oneLine(_ message: String) -> String {
    String(message.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(200))
}
