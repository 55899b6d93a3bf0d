/// A plan's tiles through the engine and the blender; and again with smaller tiles where memory does not suffice.

/// Tiles done, and tiles in all.
public struct TileProgress: Sendable, Equatable {
    public let done: Int
    public let total: Int

    public init(done: Int, total: Int) {
        (self.done, self.total) = (done, total)
    }

    /// 0...1.
    public var fraction: Double { Double(done) / Double(total) }
}

/// Called first with 0 done.
public typealias ReportProgress = @Sendable (TileProgress) -> Void

/// What is done to a photo: the restorer's `code`, K numbers; how it is brightened first, if at all; and how many parts
/// of the result, 0...256, are taken (CONTRACT R6).
public struct Treatment: Sendable {
    public let code: [Float]
    public let light: LightCurve?
    public let parts: Int

    public init(code: [Float], light: LightCurve? = nil, parts: Int = 256) {
        (self.code, self.light, self.parts) = (code, light, parts)
    }
}

/// The rows that hold the result, and the tiles that it took: their size a side, and how many.
public struct RestoredRows<Rows: PhotoRows> {
    public let rows: Rows
    public let tile: Int
    public let tiles: Int
}

/// Restore a photo into its own rows: the one way there is, whatever they are (CONTRACT R1, S1-S6).
///
/// - Parameters:
///   - rows: used up. After an error they are part old and part new.
///   - where: names the model in messages.
///   - sizes: tile sizes to try where memory is short, in this order; nil: the plan's and, if they may differ, smaller
///     ones.
/// - Throws: EngineError where the engine fails, or answers with another shape than the tile's; TileError for a NaN
///   from the model; OutOfMemoryError where no size fits; CancellationError before the first tile and between two, where
///   the task was cancelled (CONTRACT R8).
public func restoreRows<Rows: PhotoRows>(
    _ engine: any Engine, _ plan: TilePlan, _ treatment: Treatment, _ rows: Rows, where: String, sizes: [Int]? = nil,
    progress: ReportProgress? = nil
) async throws -> RestoredRows<Rows> {
    var fresh: Rows? = rows
    return try await firstThatFits(sizes ?? tileSizes(plan.size, plan.halo, plan.alignment, plan.flexible)) { size in
        // Where an earlier attempt ended for lack of memory, part of its photo was overwritten.
        let photo = try fresh ?? rows.reopened()
        fresh = nil
        let smaller = try plan.with(size: size)
        try await restoreOnce(engine, smaller, treatment, photo, `where`, progress)
        return RestoredRows(rows: photo, tile: size, tiles: smaller.count)
    }
}

/// Gives each tile of the plan, with the network's answer for its core, not clipped, to `take` (CONTRACT R2).
///
/// Throws EngineError for an answer of another shape than the tile, as a stale one of another size would be, and
/// CancellationError between two tiles.
func runTiles(
    _ engine: any Engine, _ plan: TilePlan, _ code: [Float], _ where: String, inputOf: (Tile) throws -> Pixels,
    take: (Tile, Answer) throws -> Void
) async throws {
    for tile in plan.tiles {
        try Task.checkCancellation()
        let pixels = try inputOf(tile)
        let restored = try await engine.restore(pixels, code: code)
        try checkRestored(`where`, restored, pixels)
        try take(tile, restored.block(plan.halo, plan.halo, tile.height, tile.width))
    }
}

/// The window holds the photo's own levels: the change is told by them, and they are looked up as a tile is cut.
private func restoreOnce(
    _ engine: any Engine, _ plan: TilePlan, _ treatment: Treatment, _ photo: some PhotoRows, _ where: String,
    _ progress: ReportProgress?
) async throws {
    let window = Held(InputWindow(plan, read: photo.read))
    var blender = Blender(plan) { top, left, levels in
        let seen = window.value.block(top, left, levels.height, levels.width)
        try photo.write(top, left, seen, mixed(seen, levels, treatment.parts))
    }
    progress?(TileProgress(done: 0, total: plan.count))
    try await runTiles(
        engine, plan, treatment.code, `where`,
        inputOf: { tile in
            if tile.column == 0 { try window.value.step(tile.row) }
            let found = window.value.crop(tile)
            return treatment.light?.applied(found) ?? found
        },
        take: { tile, core in
            try blender.add(tile, core)
            progress?(TileProgress(done: tile.index + 1, total: plan.count))
        })
}

/// What `attempt` gives for the first of the tile sizes for which memory suffices. Each attempt begins anew: nothing of
/// an earlier one is used (CONTRACT S6). Throws OutOfMemoryError when all fail.
func firstThatFits<Result>(_ sizes: [Int], _ attempt: (Int) async throws -> Result) async throws -> Result {
    var reason = ""
    for size in sizes {
        do {
            return try await attempt(size)
        } catch let error as OutOfMemoryError {
            reason = oneLine(error.message)
        }
    }
    let last = "tile \(sizes[sizes.count - 1])"
    throw OutOfMemoryError("\(last): not enough memory (\(reason)); close other programs, or cut the photo")
}

/// A value that two closures share.
private final class Held<Value> {
    var value: Value

    init(_ value: Value) {
        self.value = value
    }
}
