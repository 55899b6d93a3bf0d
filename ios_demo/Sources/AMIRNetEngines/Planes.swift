/// What a graph answers with, as the runtime takes it: planes of numbers, maybe with gaps, to channels last (CONTRACT
/// G1).
import AMIRNetRuntime

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
