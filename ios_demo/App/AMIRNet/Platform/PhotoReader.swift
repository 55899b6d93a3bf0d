/// Decodes a photo into mapped memory, band by band: full-width rows cut from a lazily decoded image.
///
/// What is known of this way: Apple's sample "Large Image Downsizing" reads large JPEG, PNG and TIFF files by it, in
/// bands as wide as the image, because the decoder gives rows. What is not: how much ImageIO holds meanwhile of a HEIC,
/// and how often it begins a JPEG anew. So bands are few and large, and the app refuses nothing because of them.
import AMIRNetApp
import AMIRNetRuntime
import CoreGraphics
import Foundation

enum PhotoReader {
    /// Throws ImageError, OutOfMemoryError, CancellationError between two bands.
    static func decode(_ header: PhotoHeader, folder: URL) async throws -> OpenPhoto {
        try OpenPhoto(
            storedWidth: header.storedWidth, storedHeight: header.storedHeight, orientation: header.orientation,
            profile: header.profile, folder: folder
        ) { place in
            for rows in Bands.plan(width: header.storedWidth, height: header.storedHeight) {
                try Task.checkCancellation()
                try autoreleasepool { try draw(header, rows, place) }
            }
        }
    }

    private static func draw(_ header: PhotoHeader, _ rows: Range<Int>, _ place: UnsafeMutableRawBufferPointer) throws {
        let (width, stride) = (header.storedWidth, header.storedWidth * MappedPixels.CHANNELS)
        let strip = CGRect(x: 0, y: rows.lowerBound, width: width, height: rows.count)
        guard let band = header.image.cropping(to: strip),
            let context = CGContext(
                data: place.baseAddress! + rows.lowerBound * stride, width: width, height: rows.count,
                bitsPerComponent: 8, bytesPerRow: stride, space: header.colorSpace,
                bitmapInfo: CGImageAlphaInfo.noneSkipLast.rawValue)
        else { throw ImageError("\(header.facts.name): rows \(rows) cannot be decoded; save it as JPEG and try again") }
        let whole = CGRect(x: 0, y: 0, width: width, height: rows.count)
        context.interpolationQuality = .none
        context.setFillColor(gray: 1, alpha: 1)  // what is transparent is laid on white
        context.fill(whole)
        context.draw(band, in: whole)
    }
}
