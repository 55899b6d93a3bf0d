/// Colour below full transparency: nobody sees it, yet a network would let it bleed into what is seen (CONTRACT N4).

/// Blocks of up to this side lie within a band that begins at a multiple of it.
public let BLOCK = 16

/// The photo with its hidden pixels filled from the visible ones around them; the others unchanged.
///
/// `hidden`: row by row. A hidden pixel takes the mean of the visible pixels in the smallest block of 2x2, 4x4, 8x8 ...
/// that has one. What was hidden there has no influence. Where nothing is visible, all becomes mid gray.
public func fillHidden(_ pixels: Pixels, _ hidden: [Bool]) -> Pixels {
    if !hidden.contains(true) { return pixels }
    return HiddenFill([(pixels, hidden)]).band(0, pixels, hidden)
}

/// The same for a photo that comes in bands of any number of rows, multiples of BLOCK but for the last.
///
/// All bands are seen once to make it; what it keeps is a colour for each block of 16x16.
public struct HiddenFill: Sendable {
    private let colors: Pixels?

    public init(_ bands: some Sequence<(Pixels, [Bool])>) {
        var rows: Sums?
        for (pixels, hidden) in bands {
            let sums = pyramid(pixels, hidden)[3]
            rows = rows.map { $0.below(sums) } ?? sums
        }
        guard let sums = rows, sums.count.contains(where: { $0 > 0 }) else {
            colors = nil
            return
        }
        var blocks = [sums]
        while blocks[blocks.count - 1].count.contains(0) { blocks.append(halved(blocks[blocks.count - 1])) }
        colors = refined(means(blocks.removeLast()), blocks)
    }

    /// The band that begins at row `top`, a multiple of BLOCK, filled.
    public func band(_ top: Int, _ pixels: Pixels, _ hidden: [Bool]) -> Pixels {
        if !hidden.contains(true) { return pixels }
        guard let colors else { return Pixels(height: pixels.height, width: pixels.width, level: 128) }
        let blocks = pyramid(pixels, hidden)
        let coarse = colors.block(top / BLOCK, 0, blocks[3].height, colors.width)
        let filled = refined(coarse, Array(blocks[..<3]))
        var result = pixels
        for place in hidden.indices where hidden[place] {
            let block = place / pixels.width / 2 * filled.width + place % pixels.width / 2
            for channel in 0..<3 { result.bytes[place * 3 + channel] = filled.bytes[block * 3 + channel] }
        }
        return result
    }
}

/// Of the visible pixels of each block: the sum of every channel, and how many they are.
private struct Sums {
    let height: Int
    let width: Int
    var color: [Int64]
    var count: [Int64]

    init(height: Int, width: Int) {
        (self.height, self.width) = (height, width)
        color = [Int64](repeating: 0, count: height * width * 3)
        count = [Int64](repeating: 0, count: height * width)
    }

    /// These above, the other ones below.
    func below(_ other: Sums) -> Sums {
        var both = Sums(height: height + other.height, width: width)
        both.color = color + other.color
        both.count = count + other.count
        return both
    }
}

/// The sums of blocks of 2x2, 4x4, 8x8 and 16x16.
private func pyramid(_ pixels: Pixels, _ hidden: [Bool]) -> [Sums] {
    var sums = Sums(height: pixels.height, width: pixels.width)
    for place in hidden.indices where !hidden[place] {
        for at in (place * 3)..<(place * 3 + 3) { sums.color[at] = Int64(pixels.bytes[at]) }
        sums.count[place] = 1
    }
    var blocks: [Sums] = []
    for _ in 0..<4 {
        sums = halved(sums)
        blocks.append(sums)
    }
    return blocks
}

/// The colours of the finest blocks: their own means, and where nothing is visible those of the coarser block.
private func refined(_ colors: Pixels, _ finer: [Sums]) -> Pixels {
    var colors = colors
    for sums in finer.reversed() {
        var own = means(sums)
        for place in sums.count.indices where sums.count[place] == 0 {
            let coarse = place / sums.width / 2 * colors.width + place % sums.width / 2
            for channel in 0..<3 { own.bytes[place * 3 + channel] = colors.bytes[coarse * 3 + channel] }
        }
        colors = own
    }
    return colors
}

/// Sums over blocks of 2x2; an odd side is continued with zeros.
private func halved(_ sums: Sums) -> Sums {
    var half = Sums(height: (sums.height + 1) / 2, width: (sums.width + 1) / 2)
    for place in sums.count.indices {
        let block = place / sums.width / 2 * half.width + place % sums.width / 2
        half.count[block] += sums.count[place]
        for channel in 0..<3 { half.color[block * 3 + channel] += sums.color[place * 3 + channel] }
    }
    return half
}

private func means(_ sums: Sums) -> Pixels {
    var colors = Pixels(height: sums.height, width: sums.width)
    for (at, color) in sums.color.enumerated() {
        let count = sums.count[at / 3]
        colors.bytes[at] = UInt8((color + count / 2) / max(count, 1))
    }
    return colors
}
