/// Pixels as the screen takes them.
import AMIRNetRuntime
import CoreGraphics
import Foundation

extension CGImage {
    /// nil where there is no memory for it.
    static func of(_ pixels: Pixels) -> CGImage? {
        guard let provider = CGDataProvider(data: Data(pixels.bytes) as CFData),
            let space = CGColorSpace(name: CGColorSpace.sRGB)
        else { return nil }
        return CGImage(
            width: pixels.width, height: pixels.height, bitsPerComponent: 8, bitsPerPixel: 24,
            bytesPerRow: pixels.width * 3, space: space,
            bitmapInfo: CGBitmapInfo(rawValue: CGImageAlphaInfo.none.rawValue),
            provider: provider, decode: nil, shouldInterpolate: true, intent: .defaultIntent)
    }
}
