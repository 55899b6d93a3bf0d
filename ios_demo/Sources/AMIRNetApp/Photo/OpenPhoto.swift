/// A decoded photo, as it lies in its file and in its own colours, and what it looks like to the network: upright and
/// in sRGB. It is never written to once it is decoded, so a restore may begin anew, and be compared, at any time.
import AMIRNetRuntime
import Foundation

public final class OpenPhoto: @unchecked Sendable {
    public let storedWidth: Int
    public let storedHeight: Int
    public let orientation: Orientation
    public let colors: ColorCarry
    public let pixels: MappedPixels
    let folder: URL
    let places: StoredPlaces

    /// `decode` fills the pixels as stored, 4 bytes a pixel, the last of them of no meaning; `folder`: where their file
    /// may lie. Throws what `decode` throws, and OutOfMemoryError.
    public init(
        storedWidth: Int, storedHeight: Int, orientation: Orientation, profile: ColorProfile, folder: URL,
        decode: (UnsafeMutableRawBufferPointer) throws -> Void
    ) throws {
        (self.storedWidth, self.storedHeight) = (storedWidth, storedHeight)
        (self.orientation, self.folder) = (orientation, folder)
        colors = ColorCarry(profile)
        places = StoredPlaces(storedWidth: storedWidth, storedHeight: storedHeight, orientation)
        pixels = try MappedPixels(width: storedWidth, height: storedHeight, folder: folder)
        try decode(pixels.bytes)
    }

    /// Upright.
    public var width: Int { places.width }
    public var height: Int { places.height }

    /// Upright rows in sRGB.
    func read(_ top: Int, _ bottom: Int) -> Pixels {
        var bytes = [UInt8](repeating: 0, count: (bottom - top) * width * 3)
        var to = 0
        for row in top..<bottom {
            var at = place(row, 0)
            for _ in 0..<width {
                colors.toSrgb(pixels.bytes, at, &bytes, to)
                at += right
                to += 3
            }
        }
        return Pixels(height: bottom - top, width: width, bytes: bytes)
    }

    /// The stored bytes of an upright pixel.
    func place(_ row: Int, _ column: Int) -> Int {
        (places.start + row * places.down + column * places.right) * MappedPixels.CHANNELS
    }

    /// From the stored bytes of an upright pixel to those of the next in its row.
    var right: Int { places.right * MappedPixels.CHANNELS }
}
