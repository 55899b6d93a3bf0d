/// The array types that pass between the files, by the names the contract uses.

/// 8-bit RGB, HWC, 0...255.
public struct Pixels: Sendable, Equatable {
    public let height: Int
    public let width: Int
    /// Row by row, R, G, B of each pixel: `height * width * 3` of them.
    public var bytes: [UInt8]

    /// `bytes` is guaranteed by the caller to hold height * width * 3 numbers.
    public init(height: Int, width: Int, bytes: [UInt8]) {
        precondition(bytes.count == height * width * 3, "pixels of \(height)x\(width) take \(height * width * 3) bytes")
        (self.height, self.width, self.bytes) = (height, width, bytes)
    }

    /// All of one level.
    public init(height: Int, width: Int, level: UInt8 = 0) {
        self.init(height: height, width: width, bytes: [UInt8](repeating: level, count: height * width * 3))
    }

    /// Filled by `fill`, which gets the place of all bytes.
    init(height: Int, width: Int, fill: (UnsafeMutableBufferPointer<UInt8>) throws -> Void) rethrows {
        let count = height * width * 3
        self.height = height
        self.width = width
        bytes = try [UInt8](unsafeUninitializedCapacity: count) { place, filled in
            try fill(UnsafeMutableBufferPointer(rebasing: place[..<count]))
            filled = count
        }
    }

    /// (height, width, 3), for messages.
    public var shape: [Int] { [height, width, 3] }

    /// A rectangle, copied.
    public func block(_ top: Int, _ left: Int, _ height: Int, _ width: Int) -> Pixels {
        Pixels(height: height, width: width) { copyBlock(of: bytes, self.width, top, left, height, width, into: $0) }
    }
}

/// What a float restorer gives: HWC float32, photos in [0, 1], not clipped.
public struct Floats: Sendable, Equatable {
    public let height: Int
    public let width: Int
    /// Row by row, R, G, B of each pixel: `height * width * 3` of them.
    public var values: [Float]

    /// `values` is guaranteed by the caller to hold height * width * 3 numbers.
    public init(height: Int, width: Int, values: [Float]) {
        precondition(values.count == height * width * 3, "\(height)x\(width) pixels take \(height * width * 3) numbers")
        (self.height, self.width, self.values) = (height, width, values)
    }

    public var shape: [Int] { [height, width, 3] }

    /// A rectangle, copied.
    public func block(_ top: Int, _ left: Int, _ height: Int, _ width: Int) -> Floats {
        let count = height * width * 3
        let copied = [Float](unsafeUninitializedCapacity: count) { place, filled in
            let into = UnsafeMutableBufferPointer(rebasing: place[..<count])
            copyBlock(of: values, self.width, top, left, height, width, into: into)
            filled = count
        }
        return Floats(height: height, width: width, values: copied)
    }
}

/// Averages and products, where float32 would let two runtimes drift apart.
public typealias Doubles = [Double]

/// A 16-bit sample in 8 bits (CONTRACT N2).
public func to8Bits(_ sample: UInt16) -> UInt8 {
    UInt8((Int(sample) + 128) / 257)
}

/// Rows of a rectangle out of HWC numbers whose rows are `stride` pixels long.
private func copyBlock<Number>(
    of numbers: [Number], _ stride: Int, _ top: Int, _ left: Int, _ height: Int, _ width: Int,
    into place: UnsafeMutableBufferPointer<Number>
) {
    guard height > 0, width > 0 else { return }
    precondition(top >= 0 && left >= 0 && left + width <= stride && (top + height) * stride * 3 <= numbers.count)
    numbers.withUnsafeBufferPointer { from in
        for row in 0..<height {
            let start = from.baseAddress! + ((top + row) * stride + left) * 3
            (place.baseAddress! + row * width * 3).initialize(from: start, count: width * 3)
        }
    }
}
