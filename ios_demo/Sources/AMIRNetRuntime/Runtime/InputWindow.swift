/// The rows of the photo that the tile row at hand, or a later one, reads: all that is kept of the network's input.

/// Reads the rows top ..< bottom of a photo.
public typealias ReadRows = (Int, Int) throws -> Pixels

/// Slides down a photo, one step a tile row, and reads each row of it once (CONTRACT S2).
///
/// `read(top, bottom)` gives rows; top is a multiple of BLOCK. Before a tile row is restored, all rows down to its
/// lowest halo are held here, so the rows that become final with it may be overwritten.
public struct InputWindow {
    private let plan: TilePlan
    private let read: ReadRows
    private let steps: [Range<Int>]
    private var held: Pixels
    private var top = 0
    private var end = 0

    public init(_ plan: TilePlan, read: @escaping ReadRows) {
        self.plan = plan
        self.read = read
        // Neither end of a span ever moves up, also where the padding below the photo leads back into it.
        steps = plan.vertical.positions.indices.map { row in
            let span = rowSpan(plan, row)
            return span.lowerBound..<min(ceilDivided(span.upperBound, BLOCK) * BLOCK, plan.height)
        }
        held = Pixels(height: steps.map(\.count).max()!, width: plan.width)
    }

    /// Drop the rows that no tile row from this one on reads, and read what this one lacks.
    public mutating func step(_ row: Int) throws {
        let (first, wanted, stride) = (steps[row].lowerBound, steps[row].upperBound, plan.width * 3)
        let kept = end - first
        if first > top && kept > 0 { move((first - top) * stride, kept * stride) }
        top = first
        while end < wanted {
            let bottom = min(end + BLOCK, wanted)
            let rows = try read(end, bottom)
            precondition(rows.height == bottom - end && rows.width == plan.width)
            put(rows, (end - first) * stride)
            end = bottom
        }
    }

    /// The input of a tile of the current row, its core and the halo around it, padded (CONTRACT L5).
    public func crop(_ tile: Tile) -> Pixels {
        let rows = sourceCoordinates(tile.y - plan.halo, tile.y + tile.height + plan.halo, plan.height)
        let columns = sourceCoordinates(tile.x - plan.halo, tile.x + tile.width + plan.halo, plan.width)
        return picked(held, rows.map { $0 - top }, columns)
    }

    /// A rectangle of the held rows.
    public func block(_ top: Int, _ left: Int, _ height: Int, _ width: Int) -> Pixels {
        held.block(top - self.top, left, height, width)
    }

    /// Held bytes from a place on to the beginning.
    private mutating func move(_ from: Int, _ count: Int) {
        held.bytes.withUnsafeMutableBufferPointer { place in
            place.baseAddress!.update(from: place.baseAddress! + from, count: count)
        }
    }

    private mutating func put(_ rows: Pixels, _ at: Int) {
        held.bytes.withUnsafeMutableBufferPointer { place in
            rows.bytes.withUnsafeBufferPointer { from in
                precondition(at >= 0 && at + from.count <= place.count)
                (place.baseAddress! + at).update(from: from.baseAddress!, count: from.count)
            }
        }
    }
}

/// The rows of the photo that a tile row reads, halo and padding included (CONTRACT S1).
public func rowSpan(_ plan: TilePlan, _ row: Int) -> Range<Int> {
    let y = plan.vertical.positions[row]
    let at = sourceCoordinates(y - plan.halo, y + plan.vertical.core + plan.halo, plan.height)
    return at.min()!..<(at.max()! + 1)
}

/// The most rows that two neighbouring tile rows share: O of CONTRACT S4.
func mostShared(_ plan: TilePlan) -> Int {
    let starts = plan.vertical.positions + [plan.height]
    return zip(starts, starts.dropFirst()).map { y, following in
        min(y + plan.vertical.core, plan.height) - following
    }.max()!
}
