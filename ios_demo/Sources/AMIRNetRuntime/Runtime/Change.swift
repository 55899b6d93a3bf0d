/// How much a photo was changed by restoring it, and when that is nothing that anyone sees (CONTRACT R5).
import Foundation

/// PSNR, in dB, from which a photo counts as left alone: differences of at most 2.55 levels in the root mean square.
public let LEFT_ALONE = 40.0
/// PSNR, in dB, that equal photos count as, and the largest there is.
public let EQUAL = 100.0

/// Adds up the squared differences between a photo and its result, rectangle by rectangle, in whole numbers: in
/// whatever pieces and order a photo comes, the sums are the same.
public struct Change: Sendable, Equatable {
    /// The sum of the squares.
    public private(set) var squares: Int64
    /// Of how many levels: three a visible pixel, or of a gray photo one.
    public private(set) var numbers: Int64

    /// Sums so far; nothing yet.
    public init(squares: Int64 = 0, numbers: Int64 = 0) {
        (self.squares, self.numbers) = (squares, numbers)
    }

    /// A rectangle: what the network saw, and what came out. `gray`: only their brightness reaches the file. `visible`:
    /// row by row, the pixels that count; where alpha is 0 nothing reaches the file. nil: all.
    public mutating func add(_ seen: Pixels, _ restored: Pixels, gray: Bool = false, visible: [Bool]? = nil) {
        precondition(seen.height == restored.height && seen.width == restored.width)
        guard gray || visible != nil else {
            squares += squaresApart(seen.bytes, restored.bytes)
            numbers += Int64(seen.bytes.count)
            return
        }
        for place in 0..<(seen.height * seen.width) where visible?[place] ?? true {
            if gray {
                let apart = brightness(seen.bytes, place) - brightness(restored.bytes, place)
                squares += Int64(apart * apart)
                numbers += 1
                continue
            }
            for at in (place * 3)..<(place * 3 + 3) {
                let apart = Int32(seen.bytes[at]) - Int32(restored.bytes[at])
                squares += Int64(apart * apart)
            }
            numbers += 3
        }
    }

    /// PSNR in dB of the result against the photo, `EQUAL` at most.
    public var psnr: Double {
        if squares == 0 { return EQUAL }
        return min(EQUAL, 10 * log10(Double(65025 * numbers) / Double(squares)))
    }
}

/// Of the pixel at that place, 0...255: BT.601 in whole numbers (CONTRACT R5). A gray photo stays itself.
public func brightness(_ bytes: [UInt8], _ place: Int) -> Int32 {
    let (red, green, blue) = (Int32(bytes[place * 3]), Int32(bytes[place * 3 + 1]), Int32(bytes[place * 3 + 2]))
    return (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16
}

private func squaresApart(_ one: [UInt8], _ other: [UInt8]) -> Int64 {
    var total: Int64 = 0
    one.withUnsafeBufferPointer { one in
        other.withUnsafeBufferPointer { other in
            var start = 0
            while start < one.count {  // pieces whose sums fit into 32 bits, which are added several at a time
                let end = min(start + 16384, one.count)
                var sum: UInt32 = 0
                for place in start..<end {
                    let apart = Int32(one[place]) - Int32(other[place])
                    sum &+= UInt32(bitPattern: apart &* apart)
                }
                total += Int64(sum)
                start = end
            }
        }
    }
    return total
}
