/// Tiles back to a photo: integer weights, integer sums, one rounding, rectangles as they finish (CONTRACT M1-M7).

/// Steps of the fixed-point value per 8-bit level.
let LEVEL: Int64 = 256
/// The fixed-point value of 1.0.
let ONE: Int64 = 255 * LEVEL

/// Takes a finished rectangle: its top, its left, its levels.
public typealias Put = (Int, Int, Pixels) throws -> Void

/// floor(clamp(y, 0, 1) * 65280 + 0.5), in float64 (CONTRACT M1). `number` must not be NaN.
@inline(__always)
func fixedPoint(_ number: Float) -> Int64 {
    Int64(clamped(number) * Double(ONE) + 0.5)  // of no negative number: cutting off is the floor
}

/// The same of a level: 256 times as much.
@inline(__always)
func fixedPoint(_ level: UInt8) -> Int64 {
    Int64(level) * LEVEL
}

/// The level of a number that one core alone holds: M1 and M4 in one step.
///
/// With one weight, floor((q + 128) / 256) remains of M4, and as nested floors are one, floor(255 y + 257 / 512) of it
/// and M1. In float64 nothing in this is rounded but by the floor, as in M1.
@inline(__always)
func loneLevel(_ number: Float) -> UInt8 {
    UInt8(truncatingIfNeeded: Int32(clamped(number) * 255 + 257.0 / 512))
}

/// Weights of a core's pixels along one axis, `core` of them, each in 1 ... overlap + 1 (CONTRACT M2).
///
/// They ramp up from every edge that has a neighbour, and stay full at the photo's own edges.
func axisWeights(_ axis: Axis, _ position: Int, _ overlap: Int) -> [Int64] {
    (0..<axis.core).map { distance in
        var weight = overlap + 1
        if position > 0 { weight = min(weight, 1 + distance) }
        if position + axis.core < axis.padded { weight = min(weight, axis.core - distance) }
        return Int64(weight)
    }
}

/// The 8-bit level of a weighted sum of fixed-point values, halves up (CONTRACT M4). The weight is at least 1.
@inline(__always)
func rounded(_ total: Int64, _ weight: Int64) -> UInt8 {
    UInt8(truncatingIfNeeded: (2 * total + LEVEL * weight) / (2 * LEVEL * weight))
}

/// Blends the cores of one plan, keeping sums only where tiles overlap: one band, whatever the photo's height.
///
/// Feed every tile once, in plan order. Each rectangle that no later tile touches goes to `put` at once; together they
/// are the photo, each pixel once. What one tile alone holds is copied; weights and sums are for the strips that it
/// shares.
public struct Blender {
    public let plan: TilePlan
    private let put: Put
    private let across: [Int64]
    private let down: [Int64]
    private var carried: [Int64]
    private var pending: [Int64] = []
    private var pendingWidth = 0
    private var next = 0

    public init(_ plan: TilePlan, put: @escaping Put) {
        self.plan = plan
        self.put = put
        across = totalWeights(plan.horizontal, plan.shared)
        down = totalWeights(plan.vertical, plan.shared)
        carried = [Int64](repeating: 0, count: mostShared(plan) * plan.width * 3)
    }

    /// Add the core of one tile, of tile.height x tile.width: levels, or numbers of any range (they are clamped).
    ///
    /// Throws TileError for a tile out of order, a wrong shape, or a NaN.
    public mutating func add(_ tile: Tile, _ core: Answer) throws {
        if tile.index != next {
            throw TileError("tile \(tile.index): tile \(next) comes next; add tiles in plan order, each once")
        }
        if core.height != tile.height || core.width != tile.width {
            let wanted = [tile.height, tile.width, 3]
            throw TileError("tile \(tile.index): shape \(core.shape), but the plan wants \(wanted)")
        }
        if core.hasNaN {
            let place = "tile \(tile.index) at (\(tile.x), \(tile.y))"
            throw TileError("\(place): the model returned NaN; export the bundle again")
        }
        next += 1
        // The core may reach beyond the photo (its size is a multiple of the alignment): those pixels are dropped.
        let rows = Span(of: plan.vertical, tile.row).within(plan.height - tile.y)
        let columns = Span(of: plan.horizontal, tile.column).within(plan.width - tile.x)
        let levels: Pixels
        switch core {
        case .levels(let pixels):
            levels = blend(tile, pixels.bytes, rows, columns, fixedPoint) { from, into, count in
                into.update(from: from, count: count)
            }
        case .numbers(let floats):
            levels = blend(tile, floats.values, rows, columns, fixedPoint) { from, into, count in
                for place in 0..<count { into[place] = loneLevel(from[place]) }
            }
        }
        if rows.done > 0 && columns.done > 0 { try put(tile.y, tile.x, levels) }
    }

    /// A core: what is finished is returned, what the next tile of this row shares goes to `pending`, what the next row
    /// shares to the carried sums. `fixed`: M1; `lone`: copies as many numbers as levels.
    @inline(__always)
    private mutating func blend<Number>(
        _ tile: Tile, _ core: [Number], _ rows: Span, _ columns: Span, _ fixed: (Number) -> Int64,
        _ lone: (UnsafePointer<Number>, UnsafeMutablePointer<UInt8>, Int) -> Void
    ) -> Pixels {
        let downward = axisWeights(plan.vertical, tile.y, plan.shared)
        let sideward = axisWeights(plan.horizontal, tile.x, plan.shared)
        let (later, earlier, width) = (columns.length - columns.done, tile.column > 0 ? pendingWidth : 0, plan.width)
        let lonely = columns.shared < columns.done
        var ahead = [Int64](repeating: 0, count: rows.length * later * 3)
        let levels = Pixels(height: rows.done, width: columns.done) { levels in
            core.withUnsafeBufferPointer { core in
                carried.withUnsafeMutableBufferPointer { carried in
                    ahead.withUnsafeMutableBufferPointer { ahead in
                        func sums(_ y: Int, _ x: Int) {
                            let weight = downward[y] * sideward[x]
                            for channel in 0..<3 {
                                var sum = fixed(core[(y * tile.width + x) * 3 + channel]) * weight
                                if x < earlier { sum += pending[(y * earlier + x) * 3 + channel] }
                                if x >= columns.done {
                                    ahead[(y * later + x - columns.done) * 3 + channel] = sum
                                    continue
                                }
                                if y < rows.shared { sum += carried[(y * width + tile.x + x) * 3 + channel] }
                                if y < rows.done {
                                    let all = down[tile.y + y] * across[tile.x + x]
                                    levels[(y * columns.done + x) * 3 + channel] = rounded(sum, all)
                                } else {
                                    carried[((y - rows.done) * width + tile.x + x) * 3 + channel] = sum
                                }
                            }
                        }
                        for y in 0..<rows.length {
                            guard lonely && y >= rows.shared && y < rows.done else {
                                for x in 0..<columns.length { sums(y, x) }
                                continue
                            }
                            for x in 0..<columns.shared { sums(y, x) }
                            lone(
                                core.baseAddress! + (y * tile.width + columns.shared) * 3,
                                levels.baseAddress! + (y * columns.done + columns.shared) * 3,
                                (columns.done - columns.shared) * 3)
                            for x in columns.done..<columns.length { sums(y, x) }
                        }
                        for y in (rows.length - rows.done)..<(carried.count / (width * 3)) where columns.done > 0 {
                            let row = (y * width + tile.x) * 3
                            carried[row..<(row + columns.done * 3)].update(repeating: 0)
                        }
                    }
                }
            }
        }
        (pending, pendingWidth) = (ahead, later)
        return levels
    }
}

/// One axis of a core, in pixels from its edge: up to `shared` earlier tiles hold it too, from `done` on later ones do;
/// `length` is all of it.
private struct Span {
    let shared: Int
    let done: Int
    let length: Int

    private init(_ shared: Int, _ done: Int, _ length: Int) {
        (self.shared, self.done, self.length) = (shared, done, length)
    }

    init(of axis: Axis, _ place: Int) {
        let at = axis.positions
        let following = place + 1 < at.count ? at[place + 1] : axis.padded
        let earlier = place > 0 ? at[place - 1] + axis.core : at[place]
        self.init(earlier - at[place], following - at[place], axis.core)
    }

    func within(_ most: Int) -> Span {
        Span(min(shared, most), min(done, most), min(length, most))
    }
}

/// Of every pixel of [0, padded): the weights of all cores that hold it, along one axis. A pixel's wsum (CONTRACT M3)
/// is the product of its two: tiles are all pairs of the axes' cores.
private func totalWeights(_ axis: Axis, _ overlap: Int) -> [Int64] {
    var total = [Int64](repeating: 0, count: axis.padded)
    for position in axis.positions {
        for (place, weight) in axisWeights(axis, position, overlap).enumerated() { total[position + place] += weight }
    }
    return total
}

@inline(__always)
private func clamped(_ number: Float) -> Double {
    Double(min(max(number, 0), 1))
}
