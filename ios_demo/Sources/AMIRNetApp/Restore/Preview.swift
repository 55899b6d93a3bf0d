/// What the sliders show at once, on the picture that the screen holds.
import AMIRNetRuntime

public enum Preview {
    /// Photo and restored photo mixed by the contract's rule: what will be saved, to the byte (CONTRACT R6).
    public static func mixed(_ photo: Pixels, _ restored: Pixels, parts: Int) -> Pixels {
        AMIRNetRuntime.mixed(photo, restored, parts)
    }

    /// The curve that the choices ask for, told from the one that was used; nil where only a restore can tell.
    ///
    /// `usedScale`, `wantedScale`: how much of the model's light, as `Choices.lightScale` has it.
    public static func light(used: LightCurve?, usedScale: Double?, wantedScale: Double?) -> LightCurve? {
        guard let used, let usedScale, let wantedScale else { return nil }
        if wantedScale == usedScale { return used }
        return usedScale > 0 ? used.scaled(wantedScale / usedScale) : nil
    }

    /// The restored picture as if it had been brightened by `wanted` instead of `used`: each level is led back through
    /// the curve that was used, and forth through the other. A preview: the network has not seen the other photo.
    public static func relit(_ restored: Pixels, used: LightCurve, wanted: LightCurve) -> Pixels {
        if used == wanted { return restored }
        let tables = (0..<3).map { relit(used.tables[$0], wanted.tables[$0]) }
        var pixels = restored
        pixels.bytes.withUnsafeMutableBufferPointer { bytes in
            for place in bytes.indices { bytes[place] = tables[place % 3][Int(bytes[place])] }
        }
        return pixels
    }

    /// One channel's table. Of the levels that the used curve makes the same of, the middle one is meant; a level that
    /// it never makes is led back to the nearest that it does make, the lower of two.
    static func relit(_ used: [UInt8], _ wanted: [UInt8]) -> [UInt8] {
        (0...255).map { level in
            let above = used.firstIndex { Int($0) >= level } ?? 255
            let aim = used[above]
            if Int(aim) > level, above > 0, Int(aim) - level >= level - Int(used[above - 1]) {
                return wanted[above - 1]
            }
            let last = used.lastIndex(of: aim) ?? above
            return wanted[(above + last) / 2]
        }
    }
}
