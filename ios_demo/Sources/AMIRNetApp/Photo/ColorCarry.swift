/// A photo's own colours and the network's sRGB. Only the *change* goes back into the photo's colours, so colours that
/// sRGB cannot hold stay, and where nothing changed the numbers stay, bit for bit (docs/FIDELITY.md):
///
///     out = clip(own + back(restored) - back(seen))
import Foundation

/// Profiles whose numbers the app knows. Both have sRGB's tone curve and white; others are converted when decoded.
public enum ColorProfile: String, Sendable, CaseIterable {
    case srgb
    case displayP3

    /// By the name that a photo's file states; none is sRGB. nil: a profile that the app does not carry.
    public static func named(_ name: String?) -> ColorProfile? {
        guard let name else { return .srgb }
        if name.hasPrefix("sRGB") { return .srgb }
        return name == "Display P3" ? .displayP3 : nil
    }

    /// Linear sRGB to linear colours of the profile, row by row; nil: they are the same.
    var fromSrgb: [Double]? {
        switch self {
        case .srgb: nil
        // From the primaries of SMPTE EG 432-1 and of sRGB, with the white of D65 that both have.
        case .displayP3:
            [
                0.822_461_968_7, 0.177_538_031_3, 0, 0.033_194_198_9, 0.966_805_801_1, 0, 0.017_082_630_7,
                0.072_397_440_7, 0.910_519_928_6,
            ]
        }
    }
}

public struct ColorCarry: Sendable {
    private static let STEPS = 1 << 14
    /// Parts of a level that a change is counted in.
    private static let FINE = 64

    public let profile: ColorProfile
    private let toSrgb: [Float]
    private let fromSrgb: [Float]
    /// Linear light of a level; encoded light in parts of a level.
    private let linear: [Float]
    private let encoded: [Int32]

    public init(_ profile: ColorProfile) {
        self.profile = profile
        fromSrgb = (profile.fromSrgb ?? []).map(Float.init)
        toSrgb = profile.fromSrgb.map { inverse($0).map(Float.init) } ?? []
        linear = (0...255).map { level in
            let value = Double(level) / 255
            return Float(value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4))
        }
        encoded = (0...ColorCarry.STEPS).map { step in
            let light = Double(step) / Double(ColorCarry.STEPS)
            let value = light <= 0.003_130_8 ? 12.92 * light : 1.055 * pow(light, 1 / 2.4) - 0.055
            return Int32((value * 255 * Double(ColorCarry.FINE)).rounded())
        }
    }

    /// The photo's pixel at `at` as the network sees it, to `to`.
    func toSrgb(_ own: UnsafeMutableRawBufferPointer, _ at: Int, _ bytes: inout [UInt8], _ to: Int) {
        if fromSrgb.isEmpty {
            (bytes[to], bytes[to + 1], bytes[to + 2]) = (own[at], own[at + 1], own[at + 2])
            return
        }
        let light = (linear[Int(own[at])], linear[Int(own[at + 1])], linear[Int(own[at + 2])])
        for channel in 0..<3 {
            let parts = encode(toSrgb, channel, light)
            bytes[to + channel] = UInt8((parts + Int32(ColorCarry.FINE) / 2) / Int32(ColorCarry.FINE))
        }
    }

    /// Adds to the photo's pixel at `at` what changed between the sRGB pixels `seen` and `restored` at `from`.
    func carry(_ own: UnsafeMutableRawBufferPointer, _ at: Int, _ seen: [UInt8], _ restored: [UInt8], _ from: Int) {
        if fromSrgb.isEmpty {
            (own[at], own[at + 1], own[at + 2]) = (restored[from], restored[from + 1], restored[from + 2])
            return
        }
        if seen[from] == restored[from] && seen[from + 1] == restored[from + 1] && seen[from + 2] == restored[from + 2]
        {
            return
        }
        let (before, after) = (light(seen, from), light(restored, from))
        for channel in 0..<3 {
            let change = Int(encode(fromSrgb, channel, after) - encode(fromSrgb, channel, before))
            let levels = Int((Double(change) / Double(ColorCarry.FINE)).rounded())
            own[at + channel] = UInt8(min(max(Int(own[at + channel]) + levels, 0), 255))
        }
    }

    private func light(_ bytes: [UInt8], _ at: Int) -> (Float, Float, Float) {
        (linear[Int(bytes[at])], linear[Int(bytes[at + 1])], linear[Int(bytes[at + 2])])
    }

    /// One channel of the light in other colours, in parts of a level.
    private func encode(_ matrix: [Float], _ channel: Int, _ light: (Float, Float, Float)) -> Int32 {
        let row = channel * 3
        let sum = matrix[row] * light.0 + matrix[row + 1] * light.1 + matrix[row + 2] * light.2
        return encoded[Int((min(max(sum, 0), 1) * Float(ColorCarry.STEPS)).rounded())]
    }
}

/// Of a 3 x 3 matrix, row by row.
func inverse(_ m: [Double]) -> [Double] {
    func minor(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> Double { m[a] * m[d] - m[b] * m[c] }
    let adjugate = [
        minor(4, 5, 7, 8), minor(2, 1, 8, 7), minor(1, 2, 4, 5), minor(5, 3, 8, 6), minor(0, 2, 6, 8),
        minor(2, 0, 5, 3),
        minor(3, 4, 6, 7), minor(1, 0, 7, 6), minor(0, 1, 3, 4),
    ]
    let determinant = m[0] * adjugate[0] + m[1] * adjugate[3] + m[2] * adjugate[6]
    return adjugate.map { $0 / determinant }
}
