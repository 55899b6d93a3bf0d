/// The photo that every phone measures: 12 megapixels that are made as they are read, and take no memory.
import AMIRNetRuntime

public final class BenchmarkPhoto: PhotoRows {
    public let width: Int
    public let height: Int
    public private(set) var change = Change()

    public init(width: Int = 4000, height: Int = 3000) {
        (self.width, self.height) = (width, height)
    }

    /// A slope from dark to light with a little noise: no photo, but as much work as one.
    public func read(_ top: Int, _ bottom: Int) -> Pixels {
        var bytes = [UInt8](repeating: 0, count: (bottom - top) * width * 3)
        bytes.withUnsafeMutableBufferPointer { place in
            var at = 0
            for row in top..<bottom {
                var noise = UInt32(truncatingIfNeeded: row) &* 2_654_435_761
                for column in 0..<width {
                    let slope = (row + column) * 220 / (width + height)
                    for channel in 0..<3 {
                        noise = noise &* 1_664_525 &+ 1_013_904_223
                        place[at + channel] = UInt8(slope + Int(noise >> 27))
                    }
                    at += 3
                }
            }
        }
        return Pixels(height: bottom - top, width: width, bytes: bytes)
    }

    public func write(_ top: Int, _ left: Int, _ seen: Pixels, _ restored: Pixels) {
        change.add(seen, restored)
    }

    public func reopened() -> Self {
        BenchmarkPhoto(width: width, height: height) as! Self  // the class is final
    }
}
