/// How much memory restoring a photo takes, before it is done (CONTRACT S4, S5, L7).

let MEGABYTE = 1_000_000

/// Bytes that a photo may take without being asked, and how many eighths of a byte more a pixel: 300 MB for 12
/// megapixels, 600 MB for 108.
private let ROOM = 262_500_000
private let ROOM_EIGHTHS = 25

/// Bytes a pixel of the photo: the most while it is opened or written, and while it is restored.
public struct PixelCost: Sendable, Equatable {
    public let most: Int
    public let held: Int

    public init(most: Int, held: Int) {
        (self.most, self.held) = (most, held)
    }
}

/// Most photos: 8 bits a channel, 32 a pixel.
private let EIGHT_BIT = PixelCost(most: 4, held: 4)

/// The most bytes that the whole process has resident while it restores a photo of this plan (CONTRACT S4).
public func peak(_ plan: TilePlan, _ cost: PixelCost, _ engine: EngineMemory) -> Int {
    let held = plan.vertical.positions.indices.map { rowSpan(plan, $0).count }.max()!
    let rows = plan.width * (3 * (held + BLOCK) + 24 * mostShared(plan))
    let pixels = plan.width * plan.height
    let tile = (plan.vertical.core + 2 * plan.halo) * (plan.horizontal.core + 2 * plan.halo)
    return engine.runtime + max(cost.most * pixels, cost.held * pixels + rows) + engine.tilePixel * tile
}

/// The tile for a photo where nobody asks for one (CONTRACT L7): the plan's size, or the first smaller one with which
/// the process stays within what such a photo may take; `otherwise` where none does. It follows from the photo's size
/// and the engine alone, so the same photo comes out the same whatever else runs.
///
/// `engine`: nil, where nobody knows what it takes, gives `otherwise`.
public func preferredSize(_ plan: TilePlan, _ otherwise: Int, _ engine: EngineMemory?) throws -> Int {
    guard let engine else { return otherwise }
    let room = ROOM + ROOM_EIGHTHS * plan.width * plan.height / 8
    for size in tileSizes(plan.size, plan.halo, plan.alignment, plan.flexible)
    where try peak(plan.with(size: size), EIGHT_BIT, engine) <= room {
        return size
    }
    return otherwise
}

/// Those of the tile sizes with which the process stays within so many megabytes (10^6 bytes), largest first.
///
/// Throws OutOfMemoryError when none is, EngineError when nobody knows what the engine takes. `photo` is for messages.
public func sizesWithin(
    _ memory: Int, _ photo: String, _ plan: TilePlan, _ sizes: [Int], _ engine: any Engine, _ cost: PixelCost
) throws -> [Int] {
    guard let taken = engine.memory else {
        throw EngineError("\(engine.title): what it takes in memory is not known; leave --memory out")
    }
    let peaks = try sizes.map { size in (size, peak(try plan.with(size: size), cost, taken)) }
    let found = peaks.filter { $0.1 <= memory * MEGABYTE }.map(\.0)
    if found.isEmpty {
        let needed = ceilDivided(peaks.map(\.1).min()!, MEGABYTE)
        let only = sizes.count > 1 ? "the smallest there are" : "the only size there is"
        let reason = "takes \(needed) MB with tiles of \(sizes.min()!), \(only), more than \(memory)"
        throw OutOfMemoryError("\(photo): \(reason); allow --memory \(needed), or scale the photo down")
    }
    return found
}
