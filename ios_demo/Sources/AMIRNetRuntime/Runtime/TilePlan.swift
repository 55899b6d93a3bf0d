/// How a photo is cut into tiles, in integers only (CONTRACT L1-L6).

/// One tile: its core is the rectangle of width x height at (x, y); its input has the halo all around.
///
/// x, y, width and height are guaranteed to be multiples of the alignment; the core begins inside the photo and may end
/// beyond it (those pixels are dropped by the blend). `column` and `row` count tiles.
public struct Tile: Sendable, Equatable {
    public let index: Int
    public let column: Int
    public let row: Int
    public let x: Int
    public let y: Int
    public let width: Int
    public let height: Int
}

/// One axis of a plan: cores of `core` pixels at `positions` (ascending, multiples of the alignment).
///
/// The cores are guaranteed to cover [0, padded), and padded >= the photo's length; the last core ends at `padded`.
public struct Axis: Sendable, Equatable {
    public let core: Int
    public let padded: Int
    public let positions: [Int]

    /// CONTRACT L3, L4 for one axis; core is a multiple of alignment and greater than overlap.
    public static func plan(_ length: Int, _ core: Int, _ overlap: Int, _ alignment: Int, _ flexible: Bool) -> Axis {
        var core = core
        let count = length <= core ? 1 : ceilDivided(length - overlap, core - overlap)
        if flexible {
            core = min(core, roundUp(ceilDivided(length + (count - 1) * overlap, count), alignment))
        }
        let padded = max(core, roundUp(length, alignment))
        if count == 1 { return Axis(core: core, padded: padded, positions: [0]) }
        let room = padded - core
        let positions = (0..<count).map { i in (i * room) / (count - 1) / alignment * alignment }
        return Axis(core: core, padded: padded, positions: positions)
    }
}

/// The tiles of a photo of width x height pixels.
///
/// `size` is the largest tile input a side; `halo` the context around a core; `overlap` how many pixels neighbouring
/// cores share; `alignment` the network's stride; `flexible` whether the graph takes tiles smaller than `size`. Because
/// every position and the halo are multiples of the alignment, each pixel sees the same stride phase as in an untiled
/// run. `tiles` are row by row, the order in which the Blender wants them.
public struct TilePlan: Sendable, Equatable {
    public let width: Int
    public let height: Int
    public let size: Int
    public let halo: Int
    public let overlap: Int
    public let alignment: Int
    public let flexible: Bool
    public let horizontal: Axis
    public let vertical: Axis

    /// Throws TileError for sizes that contradict (CONTRACT L1-L6).
    public init(
        _ width: Int, _ height: Int, size: Int, halo: Int, overlap: Int, alignment: Int, flexible: Bool = true
    ) throws {
        try checkSizes(size, halo, overlap, alignment)
        if width < 1 || height < 1 {
            throw TileError("a photo of \(width)x\(height) has no pixels; give one of at least 1x1")
        }
        (self.width, self.height, self.size, self.halo) = (width, height, size, halo)
        (self.overlap, self.alignment, self.flexible) = (overlap, alignment, flexible)
        let core = size - 2 * halo
        let shared = min(overlap, core / 2)
        horizontal = Axis.plan(width, core, shared, alignment, flexible)
        vertical = Axis.plan(height, core, shared, alignment, flexible)
    }

    /// The same photo in tiles of another size. Throws TileError.
    public func with(size: Int) throws -> TilePlan {
        try TilePlan(
            width, height, size: size, halo: halo, overlap: overlap, alignment: alignment, flexible: flexible)
    }

    /// The overlap in use: the stated one, but never more than half the largest core (CONTRACT L2).
    public var shared: Int { min(overlap, (size - 2 * halo) / 2) }

    /// How many tiles.
    public var count: Int { horizontal.positions.count * vertical.positions.count }

    /// All of them, in plan order.
    public var tiles: [Tile] {
        var tiles: [Tile] = []
        for (row, y) in vertical.positions.enumerated() {
            for (column, x) in horizontal.positions.enumerated() {
                tiles.append(
                    Tile(
                        index: tiles.count, column: column, row: row, x: x, y: y, width: horizontal.core,
                        height: vertical.core))
            }
        }
        return tiles
    }
}

/// Throws TileError unless a plan can be made of these (CONTRACT L1).
public func checkSizes(_ size: Int, _ halo: Int, _ overlap: Int, _ alignment: Int) throws {
    if alignment < 1 || halo < 0 || overlap < 0 {
        throw TileError("alignment \(alignment), halo \(halo), overlap \(overlap): must be at least 1, 0 and 0")
    }
    if halo % alignment != 0 {
        throw TileError("halo \(halo): must be a multiple of the alignment \(alignment)")
    }
    let smallest = 2 * halo + alignment
    if size < smallest {
        throw TileError("tile \(size): its core would be empty with a halo of \(halo); choose \(smallest) or more")
    }
    if size % alignment != 0 {
        let nearest = max(smallest, size / alignment * alignment)
        let choice = "choose \(nearest) or \(nearest + alignment)"
        throw TileError("tile \(size): must be a multiple of \(alignment); \(choice)")
    }
}

/// The tile sizes to try where memory is short, largest first (CONTRACT S5): the core shrinks by a quarter at a time,
/// until it is narrower than half the halo and a tile would do 25 times the work.
public func tileSizes(_ size: Int, _ halo: Int, _ alignment: Int, _ flexible: Bool) -> [Int] {
    var cores = [size - 2 * halo]
    while flexible {
        let smaller = cores[cores.count - 1] * 3 / 4 / alignment * alignment
        if smaller < max(alignment, halo / 2) { break }
        cores.append(smaller)
    }
    return cores.map { $0 + 2 * halo }
}

private func roundUp(_ number: Int, _ step: Int) -> Int {
    ceilDivided(number, step) * step
}

/// ceil(number / by) of a number above 0.
func ceilDivided(_ number: Int, _ by: Int) -> Int {
    (number + by - 1) / by
}
