/// How much of the restored photo is taken, in whole numbers (CONTRACT R6).

/// Parts that make the restored photo; 0 parts of it are the photo itself.
let WHOLE = 256

/// The parts for a strength of 0 to 1.
public func partsOf(_ strength: Double) -> Int {
    Int((strength * Double(WHOLE) + 0.5).rounded(.down))
}

/// Photo and restored photo, alike in shape: so many parts of the second, the rest of the first.
public func mixed(_ photo: Pixels, _ restored: Pixels, _ parts: Int) -> Pixels {
    if parts == WHOLE { return restored }
    precondition(photo.height == restored.height && photo.width == restored.width && (0...WHOLE).contains(parts))
    return Pixels(height: photo.height, width: photo.width) { place in
        photo.bytes.withUnsafeBufferPointer { photo in
            restored.bytes.withUnsafeBufferPointer { restored in
                let (ours, theirs) = (UInt16(parts), UInt16(WHOLE - parts))
                for at in 0..<photo.count {  // the sum is at most 255 * 256 + 128: it fits
                    let sum = UInt16(photo[at]) &* theirs &+ UInt16(restored[at]) &* ours &+ 128
                    place[at] = UInt8(truncatingIfNeeded: sum >> 8)
                }
            }
        }
    }
}
