/// A photo's light as a tone curve a channel, applied to its bytes before the network sees them (CONTRACT E3-E6).

/// What is above is taken for these (CONTRACT E3).
let MOST_GAIN = 255.0
let MOST_BEND = 15.0

/// Of R, G and B: level / 255 becomes (1 + gain) (level / 255)^(1 / (1 + bend)). Both are 0 or more; with both 0 a
/// channel stays as it is.
public struct LightCurve: Sendable, Equatable {
    public let gain: [Double]
    public let bend: [Double]
    /// What each level of each channel becomes, 256 levels a channel; never falling (CONTRACT E4).
    public let tables: [[UInt8]]

    /// Numbers of any size, three each, brought between 0 and the caps.
    public static func of(_ gain: [Double], _ bend: [Double]) -> LightCurve {
        LightCurve(
            gain: gain.map { min(max(0, $0), MOST_GAIN) },
            bend: bend.map { min(max(0, $0), MOST_BEND) })
    }

    private init(gain: [Double], bend: [Double]) {
        (self.gain, self.bend) = (gain, bend)
        tables = zip(gain, bend).map(table)
    }

    /// Gain and bend times a number of 0 or more, and capped again: 0 changes no photo, 1 is the curve itself.
    public func scaled(_ by: Double) -> LightCurve {
        LightCurve.of(gain.map { $0 * by }, bend.map { $0 * by })
    }

    public var isIdentity: Bool { (gain + bend).allSatisfy { $0 == 0 } }

    /// The pixels, looked up level by level.
    public func applied(_ pixels: Pixels) -> Pixels {
        if isIdentity { return pixels }
        return Pixels(height: pixels.height, width: pixels.width) { place in
            let all = tables[0] + tables[1] + tables[2]
            all.withUnsafeBufferPointer { all in
                pixels.bytes.withUnsafeBufferPointer { from in
                    var at = 0
                    while at < from.count {
                        place[at] = all[Int(from[at])]
                        place[at + 1] = all[256 + Int(from[at + 1])]
                        place[at + 2] = all[512 + Int(from[at + 2])]
                        at += 3
                    }
                }
            }
        }
    }
}

/// Changes nothing.
public let NO_LIGHT = LightCurve.of([0, 0, 0], [0, 0, 0])

private func table(_ gain: Double, _ bend: Double) -> [UInt8] {
    let scale = 255 * (1 + gain)
    var levels = levelPowers(1 / (1 + bend)).map { power in
        UInt8(min(255, (scale * power + 0.5).rounded(.down)))
    }
    levels[0] = 0
    return levels
}
