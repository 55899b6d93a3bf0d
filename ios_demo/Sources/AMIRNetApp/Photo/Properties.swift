/// Which of a photo's properties travel with the result. Names are ImageIO's: groups in braces, and keys in them.

public enum Properties {
    /// What described the photo's file and not the photo: the encoder states it anew.
    private static let OF_THE_FILE: Set<String> = [
        "PixelWidth", "PixelHeight", "Depth", "ColorModel", "ProfileName", "HasAlpha", "IsFloat", "IsIndexed",
        "PixelFormat",
        "NamedColorSpace", "PrimaryImage", "ImageCount", "FileSize", "ThumbnailImages", "Images", "AuxiliaryData",
        "{JFIF}", "{HEIF}", "{HEICS}", "{PNG}",
    ]
    /// Of IPTC: what tells where a photo was taken.
    private static let PLACES: Set<String> = [
        "City", "SubLocation", "Province/State", "Country/PrimaryLocationCode", "Country/PrimaryLocationName",
        "ContentLocationCode", "ContentLocationName", "LocationCreated", "LocationShown",
    ]
    /// Of EXIF's makers: notes that only the maker can read, and that may tell a place.
    private static let MAKERS = "{Maker"

    /// - Parameters:
    ///   - properties: as ImageIO gives them: a key's value, or a group of keys.
    ///   - keepsPlace: else GPS, IPTC's places and makers' notes are left out.
    public static func kept(_ properties: [String: Any], keepsPlace: Bool) -> [String: Any] {
        var kept: [String: Any] = [:]
        for (name, value) in properties where !OF_THE_FILE.contains(name) {
            if !keepsPlace && (name == "{GPS}" || name.hasPrefix(MAKERS)) { continue }
            if !keepsPlace, name == "{IPTC}", let group = value as? [String: Any] {
                kept[name] = group.filter { !PLACES.contains($0.key) }
            } else {
                kept[name] = value
            }
        }
        return kept
    }

    public static func tellPlace(_ properties: [String: Any]) -> Bool {
        let places = (properties["{IPTC}"] as? [String: Any] ?? [:]).keys.filter(PLACES.contains)
        return !((properties["{GPS}"] as? [String: Any])?.isEmpty ?? true) || !places.isEmpty
    }
}
