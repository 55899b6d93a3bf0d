/// What an int8 restorer is fed and gives back: 8-bit pixels as they are, and a code in steps (CONTRACT G6).
///
/// As unsigned bytes here; a format with signed integers takes the same less 128.

/// A code, of multiples of 1 / `codeSteps`, as number * `codeSteps` + 128; beyond 8 bits it is clipped.
public func codeBytes(_ code: [Float], _ codeSteps: Int) -> [UInt8] {
    code.map { number in
        let steps = (Double(number) * Double(codeSteps) + 0.5).rounded(.down)
        return UInt8(min(max(steps, -128), 127) + 128)
    }
}

/// A restored tile as numbers in [0, 1]: levels by the division that CONTRACT N1 states, float32 as it is.
public func realPixels(_ restored: Answer) -> Floats {
    switch restored {
    case .numbers(let floats): return floats
    case .levels(let pixels):
        let values = pixels.bytes.map { Float($0) / Float(255) }
        return Floats(height: pixels.height, width: pixels.width, values: values)
    }
}

/// The same integers less 128.
public func signed(_ values: [UInt8]) -> [Int8] {
    values.map { Int8(bitPattern: $0 ^ 128) }
}

/// Integers plus 128.
public func unsigned(_ values: [Int8]) -> [UInt8] {
    values.map { UInt8(bitPattern: $0) ^ 128 }
}
