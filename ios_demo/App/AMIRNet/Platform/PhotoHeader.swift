/// What a photo's file says before a pixel of it is decoded.
import AMIRNetApp
import AMIRNetRuntime
import CoreGraphics
import Foundation
import ImageIO

/// `@unchecked`: ImageIO's source is only read, by one task at a time.
struct PhotoHeader: @unchecked Sendable {
    let source: CGImageSource
    let index: Int
    /// Decoded lazily, and not kept.
    let image: CGImage
    let properties: [String: Any]
    let facts: PhotoFacts
    let orientation: Orientation
    let profile: ColorProfile

    /// Throws ImageError.
    init(_ file: URL, name: String) throws {
        let lazily = [kCGImageSourceShouldCache: false] as CFDictionary
        guard let source = CGImageSourceCreateWithURL(file as CFURL, lazily), CGImageSourceGetCount(source) > 0 else {
            throw ImageError("\(name): not a photo; save it as JPEG and try again")
        }
        let index = CGImageSourceGetPrimaryImageIndex(source)
        guard let image = CGImageSourceCreateImageAtIndex(source, index, lazily),
            let properties = CGImageSourceCopyPropertiesAtIndex(source, index, nil) as? [String: Any]
        else { throw ImageError("\(name): damaged or cut short; save it as JPEG and try again") }
        (self.source, self.index, self.image, self.properties) = (source, index, image, properties)
        orientation = Orientation(tag: properties[kCGImagePropertyOrientation as String] as? Int ?? 1)
        let profileName = properties[kCGImagePropertyProfileName as String] as? String
        let known = image.colorSpace?.model == .rgb ? ColorProfile.named(profileName) : nil
        profile = known ?? .srgb
        var lost: [LostDetail] = []
        if image.bitsPerComponent > 8 { lost.append(.bits) }
        if ![.none, .noneSkipFirst, .noneSkipLast].contains(image.alphaInfo) { lost.append(.transparency) }
        facts = PhotoFacts(
            type: (CGImageSourceGetType(source) as String?) ?? "public.jpeg", name: name,
            hasPlace: Properties.tellPlace(properties), profileName: profileName, profileKept: known != nil,
            auxiliary: AuxiliaryKind.allCases.filter { auxiliaryInfo(source, index, $0) != nil }, lost: lost)
    }

    var storedWidth: Int { image.width }
    var storedHeight: Int { image.height }

    /// Of the upright photo.
    var width: Int { orientation.swapped ? storedHeight : storedWidth }
    var height: Int { orientation.swapped ? storedWidth : storedHeight }

    /// The colours that its pixels are held in, and its result is written with.
    var colorSpace: CGColorSpace {
        let name = profile == .displayP3 ? CGColorSpace.displayP3 : CGColorSpace.sRGB
        return (facts.profileKept ? image.colorSpace : nil) ?? CGColorSpace(name: name)!  // the system's own names
    }
}

/// A picture beside the photo, as its file holds it; nil where it has none of that kind.
func auxiliaryInfo(_ source: CGImageSource, _ index: Int, _ kind: AuxiliaryKind) -> CFDictionary? {
    guard let type = auxiliaryType(kind) else { return nil }
    return CGImageSourceCopyAuxiliaryDataInfoAtIndex(source, index, type)
}

/// ImageIO's name; nil where this system knows none.
func auxiliaryType(_ kind: AuxiliaryKind) -> CFString? {
    switch kind {
    case .gainMap: return kCGImageAuxiliaryDataTypeHDRGainMap
    case .isoGainMap:
        if #available(iOS 18.0, *) { return kCGImageAuxiliaryDataTypeISOGainMap }
        return nil
    case .depth: return kCGImageAuxiliaryDataTypeDepth
    case .disparity: return kCGImageAuxiliaryDataTypeDisparity
    case .portraitMatte: return kCGImageAuxiliaryDataTypePortraitEffectsMatte
    }
}
