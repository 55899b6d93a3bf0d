/// Between camera bytes and what a graph takes: planes of numbers, each level divided by 255 (CONTRACT N1, G1).
import AMIRNetRuntime

/// Level / 255 for each level: one IEEE division each.
private let UNIT: [Float] = (0...255).map { Float($0) / 255 }

/// Puts pixels into R, G and B planes. `strides`: of channel, row and column, in numbers.
public func putPlanes(
    _ pixels: Pixels, _ numbers: UnsafeMutableBufferPointer<Float>, strides: (channel: Int, row: Int, column: Int)
) {
    UNIT.withUnsafeBufferPointer { unit in
        pixels.bytes.withUnsafeBufferPointer { bytes in
            var from = 0
            for row in 0..<pixels.height {
                var at = row * strides.row
                for _ in 0..<pixels.width {
                    numbers[at] = unit[Int(bytes[from])]
                    numbers[at + strides.channel] = unit[Int(bytes[from + 1])]
                    numbers[at + 2 * strides.channel] = unit[Int(bytes[from + 2])]
                    at += strides.column
                    from += 3
                }
            }
        }
    }
}

/// Takes R, G and B planes as HWC numbers. `strides`: of channel, row and column, in numbers.
public func takePlanes(
    _ numbers: UnsafeBufferPointer<Float>, height: Int, width: Int, strides: (channel: Int, row: Int, column: Int)
) -> Floats {
    let count = height * width * 3
    let values = [Float](unsafeUninitializedCapacity: count) { place, filled in
        var to = 0
        for row in 0..<height {
            var at = row * strides.row
            for _ in 0..<width {
                place[to] = numbers[at]
                place[to + 1] = numbers[at + strides.channel]
                place[to + 2] = numbers[at + 2 * strides.channel]
                at += strides.column
                to += 3
            }
        }
        filled = count
    }
    return Floats(height: height, width: width, values: values)
}
