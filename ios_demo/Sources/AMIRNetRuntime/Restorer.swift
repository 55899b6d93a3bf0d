/// The whole job: a photo in, its diagnosis and its restored pixels out (CONTRACT R1-R8).
import Foundation

/// Restores photos with one model, of a `ModelBundle` its `spec`.
///
/// Where memory does not suffice for a tile, the next smaller size is tried, for the whole photo (CONTRACT S6).
public struct Restorer: Sendable {
    /// What is restored with: the bundle's model.
    public let spec: ModelSpec
    public let engine: any Engine
    /// Whether tiles may differ in size.
    public let flexible: Bool
    /// The tile size of all photos; nil where it follows from the photo's (CONTRACT L7).
    public let tile: Int?

    /// `tile` is the tile size (pixels, with halo): smaller, less memory; larger, less work. nil: the one that the
    /// model prefers, or a smaller one, by the photo's size. An engine that takes tiles of one size only has its way
    /// (CONTRACT L1).
    ///
    /// Throws TileError for a tile that the model cannot take; any legal tile gives the same photo within float error.
    public init(_ spec: ModelSpec, engine: any Engine, tile: Int? = nil) throws {
        let geometry = spec.tile
        self.spec = spec
        self.engine = engine
        let only = geometry.flexible ? engine.fixedTile : geometry.size
        flexible = only == nil
        if let tile {
            try checkSizes(tile, geometry.halo, geometry.overlap, geometry.alignment)
            if let only, only != tile {
                throw TileError("tile \(tile): this model takes tiles of \(only) only; leave the tile size out")
            }
        }
        self.tile = tile ?? only
    }

    /// Throws NodeError and OptionError for options that this model has nothing for.
    public func check(_ options: RestoreOptions) throws {
        try checkOptions(spec, options)
    }

    /// Where the photo belongs in the tree, and how bright it would be made, without restoring it.
    ///
    /// Throws EngineError, NodeError, OptionError.
    public func diagnose(_ rows: some PhotoRows, _ options: RestoreOptions = .plain) async throws -> Diagnosis {
        try await AMIRNetRuntime.diagnose(spec, engine, rows, options)
    }

    /// Restore a photo of any kind into its own rows, which are used up; where memory was short, the rows that come
    /// back are others.
    ///
    /// - Parameters:
    ///   - sizes: tile sizes to try where memory is short, in this order; nil: this restorer's, and smaller ones.
    ///   - progress: called with 0 done first; never goes back, also where a smaller tile is tried.
    /// - Throws: EngineError, NodeError, OptionError, TileError, OutOfMemoryError; CancellationError within one tile
    ///   where the task was cancelled (CONTRACT R8).
    public func restoreRows<Rows: PhotoRows>(
        _ rows: Rows, _ options: RestoreOptions = .plain, sizes: [Int]? = nil, progress: ReportProgress? = nil
    ) async throws -> RestoreResult<Rows> {
        let clock = ContinuousClock()
        let start = clock.now
        let diagnosis = try await diagnose(rows, options)
        let encoded = clock.now
        let treatment = Treatment(
            code: diagnosis.code, light: diagnosis.light, parts: partsOf(options.strength))
        let plan = try planFor(rows.width, rows.height)
        let done = try await AMIRNetRuntime.restoreRows(
            engine, plan, treatment, rows, where: spec.where, sizes: sizes, progress: progress.map(onlyForward))
        let end = clock.now
        let seconds = [
            "encode": inSeconds(encoded - start), "restore": inSeconds(end - encoded), "total": inSeconds(end - start),
        ]
        let how = Restored(
            diagnosis: diagnosis, options: options, tile: done.tile, tiles: done.tiles,
            changePsnr: done.rows.change.psnr, seconds: seconds)
        return RestoreResult(rows: done.rows, restored: how)
    }

    /// The same in a task of its own, with its progress as a stream.
    public func restoring<Rows: PhotoRows & Sendable>(
        _ rows: Rows, _ options: RestoreOptions = .plain, sizes: [Int]? = nil
    ) -> Restoring<Rows> {
        let (progress, continuation) = AsyncStream.makeStream(
            of: TileProgress.self, bufferingPolicy: .bufferingNewest(1))
        let task = Task {
            defer { continuation.finish() }
            return try await restoreRows(rows, options, sizes: sizes) { continuation.yield($0) }
        }
        return Restoring(progress: progress, task: task)
    }

    /// The tile sizes to try for a photo where memory is short: its plan's and, if they may differ, smaller ones.
    public func sizes(_ plan: TilePlan) -> [Int] {
        tileSizes(plan.size, plan.halo, plan.alignment, plan.flexible)
    }

    /// The tiles of a photo of width x height pixels.
    public func planFor(_ width: Int, _ height: Int) throws -> TilePlan {
        let geometry = spec.tile
        let plan = try TilePlan(
            width, height, size: tile ?? geometry.preferred, halo: geometry.halo, overlap: geometry.overlap,
            alignment: geometry.alignment, flexible: flexible)
        if tile != nil || geometry.preferred == geometry.size { return plan }
        return try plan.with(size: preferredSize(plan, geometry.size, engine.memory))
    }
}

/// A restore at work.
public struct Restoring<Rows: PhotoRows & Sendable>: Sendable {
    /// Tiles done, first 0; it never goes back, and ends with the restore. For one reader, who may be slow: what came
    /// in between is passed over.
    public let progress: AsyncStream<TileProgress>
    fileprivate let task: Task<RestoreResult<Rows>, any Error>

    /// The result, once it is there. Throws what `restoreRows` does.
    public var result: RestoreResult<Rows> {
        get async throws { try await task.value }
    }

    /// Ends it within one tile.
    public func cancel() {
        task.cancel()
    }
}

/// Passes on what is ahead of everything before: with a smaller tile all is done anew (CONTRACT S6).
private func onlyForward(_ report: @escaping ReportProgress) -> ReportProgress {
    let latest = Latest()
    return { progress in
        if latest.isAhead(progress.fraction) { report(progress) }
    }
}

private final class Latest: @unchecked Sendable {
    private let lock = NSLock()
    private var fraction = -1.0

    func isAhead(_ other: Double) -> Bool {
        lock.lock()
        defer { lock.unlock() }
        if other <= fraction { return false }
        fraction = other
        return true
    }
}

private func inSeconds(_ duration: Duration) -> Double {
    let parts = duration.components
    return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
}
