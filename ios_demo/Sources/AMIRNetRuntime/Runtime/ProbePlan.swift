/// Which patches of a photo the encoder sees, and how its answers become one (CONTRACT D1-D5).

/// Where probes of `size` begin on an axis of `length` pixels: at most so many of them, ascending (CONTRACT D2).
public func axisPositions(_ length: Int, _ size: Int, _ most: Int) -> [Int] {
    if length <= size { return [0] }
    let count = min(most, ceilDivided(length, size))
    if count == 1 { return [(length - size) / 2] }
    return (0..<count).map { i in (i * (length - size)) / (count - 1) }
}

/// The probes of a photo of width x height pixels: squares of `size` at native resolution (CONTRACT D1-D3).
///
/// `columns` and `rows` are guaranteed to be ascending and within the photo; a probe reaches beyond the photo only
/// where a side is shorter than `size`. `places` are (left, top), rows first.
public struct ProbePlan: Sendable, Equatable {
    public let width: Int
    public let height: Int
    public let size: Int
    public let probesPerSide: Int

    public init(_ width: Int, _ height: Int, size: Int, probesPerSide: Int) {
        (self.width, self.height, self.size, self.probesPerSide) = (width, height, size, probesPerSide)
    }

    public var columns: [Int] { axisPositions(width, size, probesPerSide) }

    public var rows: [Int] { axisPositions(height, size, probesPerSide) }

    /// How many probes.
    public var count: Int { columns.count * rows.count }

    public var places: [(left: Int, top: Int)] {
        rows.flatMap { top in columns.map { left in (left, top) } }
    }

    /// The probes of a photo that is read by rows, in plan order (CONTRACT D3): read(top, bottom) gives the rows
    /// top ..< bottom.
    public func gather(_ read: ReadRows) throws -> [Pixels] {
        try rows.flatMap { top in
            // A shorter photo is padded alike from its rows alone.
            let rows = try read(top, min(top + size, height))
            return columns.map { left in crop(rows, left, 0, size, size) }
        }
    }
}

/// One mask and one soft code for the photo, from the encoder's N rows of K mask and value numbers (CONTRACT D4, D5).
///
/// The mask is the mean over the probes, summed in plan order. The code is, number by number, the mean of the exact
/// products mask * value without the N / `trim` smallest and as many of the largest (none where `trim` is 0), summed in
/// rising order: a few probes of a black background do not make a dark photo.
public func average(_ mask: [[Float]], _ value: [[Float]], trim: Int = 0) -> (mask: Doubles, soft: Doubles) {
    let count = mask.count
    let drop = trim > 0 ? count / trim : 0
    let size = mask[0].count
    let means = (0..<size).map { entry in added(mask.map { Double($0[entry]) }) / Double(count) }
    let soft = (0..<size).map { entry in
        let products = zip(mask, value).map { Double($0[entry]) * Double($1[entry]) }.sorted()
        let kept = products[drop..<(count - drop)]
        return added(kept) / Double(kept.count)
    }
    return (means, soft)
}
