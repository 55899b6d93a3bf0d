/// Writes a result with all that its photo's file held and the plan keeps: never over the original.
import AMIRNetApp
import AMIRNetRuntime
import CoreGraphics
import Foundation
import ImageIO

enum PhotoWriter {
    private static let QUALITY = 0.95

    /// A new file in `folder`. Throws OutputError, OutOfMemoryError.
    static func write(
        _ buffer: PhotoBuffer, _ header: PhotoHeader, _ plan: SavePlan, parts: Int, folder: URL
    ) async throws -> URL {
        let file = folder.appendingPathComponent(plan.name)
        let pixels = try buffer.finished(parts: parts)
        guard let image = image(pixels, header),
            let destination = CGImageDestinationCreateWithURL(file as CFURL, plan.type as CFString, 1, nil)
        else { throw OutputError("\(plan.name): cannot be written as \(plan.type); choose another photo") }
        var properties = Properties.kept(header.properties, keepsPlace: plan.place == .kept)
        properties[kCGImageDestinationLossyCompressionQuality as String] = QUALITY
        // The image first, then what lies beside it.
        CGImageDestinationAddImage(destination, image, properties as CFDictionary)
        for kind in plan.auxiliary {
            guard let type = auxiliaryType(kind), let info = auxiliaryInfo(header.source, header.index, kind) else {
                continue
            }
            CGImageDestinationAddAuxiliaryDataInfo(destination, type, info)
        }
        guard CGImageDestinationFinalize(destination) else {
            try? FileManager.default.removeItem(at: file)
            throw OutputError("\(plan.name): cannot be written; make room on the phone and try again")
        }
        return file
    }

    /// As stored, in the photo's colours; the pixels live as long as the image.
    private static func image(_ pixels: MappedPixels, _ header: PhotoHeader) -> CGImage? {
        let owner = Unmanaged.passRetained(pixels)
        let provider = CGDataProvider(
            dataInfo: owner.toOpaque(), data: UnsafeRawPointer(pixels.bytes.baseAddress!), size: pixels.bytes.count
        ) { owner, _, _ in
            if let owner { Unmanaged<MappedPixels>.fromOpaque(owner).release() }
        }
        guard let provider else {
            owner.release()
            return nil
        }
        return CGImage(
            width: header.storedWidth, height: header.storedHeight, bitsPerComponent: 8, bitsPerPixel: 32,
            bytesPerRow: header.storedWidth * MappedPixels.CHANNELS, space: header.colorSpace,
            bitmapInfo: CGBitmapInfo(rawValue: CGImageAlphaInfo.noneSkipLast.rawValue), provider: provider, decode: nil,
            shouldInterpolate: false, intent: .defaultIntent)
    }
}
