/// What a pixel beyond the photo's edge is: reflect-101 once, then edge replication (CONTRACT P1-P3).

/// Coordinates inside [0, length) that the positions start ..< stop of one axis read from (CONTRACT P1, P2).
///
/// A position outside is reflected once about the edge pixel (which is not repeated); one that is still outside,
/// because the photo is short, is clamped to the edge.
public func sourceCoordinates(_ start: Int, _ stop: Int, _ length: Int) -> [Int] {
    let last = length - 1
    return (start..<stop).map { at in
        let reflected = at < 0 ? -at : (at > last ? 2 * last - at : at)
        return min(max(reflected, 0), last)
    }
}

/// The rectangle of that size at (left, top), which may lie partly or wholly beyond the photo (CONTRACT P3).
public func crop(_ photo: Pixels, _ left: Int, _ top: Int, _ width: Int, _ height: Int) -> Pixels {
    let rows = sourceCoordinates(top, top + height, photo.height)
    let columns = sourceCoordinates(left, left + width, photo.width)
    return picked(photo, rows, columns)
}

/// The pixels at those rows and columns.
func picked(_ pixels: Pixels, _ rows: [Int], _ columns: [Int]) -> Pixels {
    let (start, length) = longestRun(columns)
    return Pixels(height: rows.count, width: columns.count) { place in
        pixels.bytes.withUnsafeBufferPointer { from in
            for (y, row) in rows.enumerated() {
                precondition(row >= 0 && row < pixels.height)
                let source = from.baseAddress! + row * pixels.width * 3
                let into = place.baseAddress! + y * columns.count * 3
                for x in 0..<columns.count where x < start || x >= start + length {
                    for channel in 0..<3 { into[x * 3 + channel] = source[columns[x] * 3 + channel] }
                }
                (into + start * 3).initialize(from: source + columns[start] * 3, count: length * 3)
            }
        }
    }
}

/// Where the longest run of ascending neighbours begins, and how long it is: pixels that can be copied at once.
private func longestRun(_ at: [Int]) -> (start: Int, length: Int) {
    var (best, start) = ((start: 0, length: 1), 0)
    for place in at.indices {
        if place > 0 && at[place] != at[place - 1] + 1 { start = place }
        if place - start + 1 > best.length { best = (start, place - start + 1) }
    }
    return best
}

/// HWC pixels to CHW numbers: each value v becomes float32(v) / float32(255), one IEEE division (CONTRACT N1).
public func toTensor(_ pixels: Pixels) -> [Float] {
    let count = pixels.height * pixels.width
    return [Float](unsafeUninitializedCapacity: count * 3) { place, filled in
        divided(pixels.bytes, into: place.baseAddress!)
        filled = count * 3
    }
}

/// HWC pixels to CHW.
public func toPlanes(_ pixels: Pixels) -> [UInt8] {
    let count = pixels.height * pixels.width
    return [UInt8](unsafeUninitializedCapacity: count * 3) { place, filled in
        pixels.bytes.withUnsafeBufferPointer { from in
            for channel in 0..<3 {
                let plane = place.baseAddress! + channel * count
                for at in 0..<count { plane[at] = from[at * 3 + channel] }
            }
        }
        filled = count * 3
    }
}

/// Each value v of HWC pixels as float32(v) / float32(255), plane by plane (CONTRACT N1).
private func divided(_ bytes: [UInt8], into place: UnsafeMutablePointer<Float>) {
    let count = bytes.count / 3
    let numbers = (0..<256).map { Float($0) / Float(255) }  // the same division, once a level
    numbers.withUnsafeBufferPointer { numbers in
        bytes.withUnsafeBufferPointer { from in
            for channel in 0..<3 {
                let plane = place + channel * count
                for at in 0..<count { plane[at] = numbers[Int(from[at * 3 + channel])] }
            }
        }
    }
}
