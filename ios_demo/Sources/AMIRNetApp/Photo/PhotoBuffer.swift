/// A photo's restored pixels, beside the photo: what the runtime writes to (CONTRACT S2, S3), what the screen shows and
/// what is saved. They lie as the photo does, so that orientation, gain map and depth map fit them as they fitted it.
import AMIRNetRuntime

public final class PhotoBuffer: PhotoRows, @unchecked Sendable {
    public let photo: OpenPhoto
    public private(set) var change = Change()
    /// The network's answer, sRGB, stored as the photo is.
    private let restored: MappedPixels

    /// Throws OutOfMemoryError.
    public init(_ photo: OpenPhoto) throws {
        self.photo = photo
        restored = try MappedPixels(width: photo.storedWidth, height: photo.storedHeight, folder: photo.folder)
    }

    public var width: Int { photo.width }
    public var height: Int { photo.height }

    public func read(_ top: Int, _ bottom: Int) throws -> Pixels {
        photo.read(top, bottom)
    }

    public func write(_ top: Int, _ left: Int, _ seen: Pixels, _ restored: Pixels) throws {
        let bytes = self.restored.bytes
        var from = 0
        for row in 0..<restored.height {
            var at = photo.place(top + row, left)
            for _ in 0..<restored.width {
                bytes[at] = restored.bytes[from]
                bytes[at + 1] = restored.bytes[from + 1]
                bytes[at + 2] = restored.bytes[from + 2]
                at += photo.right
                from += 3
            }
        }
        change.add(seen, restored)
    }

    public func reopened() throws -> Self {
        try PhotoBuffer(photo) as! Self  // the class is final
    }

    /// Upright restored rows in sRGB, mixed with the photo by so many of 256 parts (CONTRACT R6).
    public func mixed(_ top: Int, _ bottom: Int, parts: Int) -> Pixels {
        var bytes = [UInt8](repeating: 0, count: (bottom - top) * width * 3)
        var to = 0
        for row in top..<bottom {
            var at = photo.place(row, 0)
            for _ in 0..<width {
                for channel in 0..<3 { bytes[to + channel] = restored.bytes[at + channel] }
                at += photo.right
                to += 3
            }
        }
        let answer = Pixels(height: bottom - top, width: width, bytes: bytes)
        return parts == 256 ? answer : AMIRNetRuntime.mixed(photo.read(top, bottom), answer, parts)
    }

    /// What is saved: the photo in its own colours and as it is stored, with the change of so many parts.
    ///
    /// Throws OutOfMemoryError.
    public func finished(parts: Int) throws -> MappedPixels {
        let result = try MappedPixels(width: photo.storedWidth, height: photo.storedHeight, folder: photo.folder)
        result.bytes.copyMemory(from: UnsafeRawBufferPointer(photo.pixels.bytes))
        for top in stride(from: 0, to: height, by: BAND_ROWS) {
            let bottom = min(top + BAND_ROWS, height)
            let (seen, wanted) = (photo.read(top, bottom), mixed(top, bottom, parts: parts))
            var from = 0
            for row in top..<bottom {
                var at = photo.place(row, 0)
                for _ in 0..<width {
                    photo.colors.carry(result.bytes, at, seen.bytes, wanted.bytes, from)
                    at += photo.right
                    from += 3
                }
            }
        }
        return result
    }
}
