/// What a result takes over from its photo, and what it does not, decided before anything is written.

/// What a photo's file holds beside its pixels.
public struct PhotoFacts: Sendable, Equatable {
    /// The uniform type of its file: "public.heic", "public.jpeg", ...
    public var type: String
    /// "IMG_0001.HEIC", as its app tells it.
    public var name: String
    public var hasPlace: Bool
    public var profileName: String?
    /// The profile is one that the app carries; false: the colours are converted to sRGB.
    public var profileKept: Bool
    public var auxiliary: [AuxiliaryKind]
    /// What else cannot be carried over.
    public var lost: [LostDetail]

    public init(
        type: String, name: String, hasPlace: Bool = false, profileName: String? = nil,
        profileKept: Bool = true, auxiliary: [AuxiliaryKind] = [], lost: [LostDetail] = []
    ) {
        (self.type, self.name, self.hasPlace) = (type, name, hasPlace)
        (self.profileName, self.profileKept, self.auxiliary, self.lost) = (profileName, profileKept, auxiliary, lost)
    }
}

/// What no result holds.
public enum LostDetail: String, Sendable, CaseIterable {
    /// More than 8 bits a channel.
    case bits
    case transparency

    var words: Words { Words("lost_\(rawValue)") }
}

/// Pictures that lie beside a photo in its file.
public enum AuxiliaryKind: String, Sendable, CaseIterable {
    /// Apple's own HDR gain map.
    case gainMap
    /// That of ISO 21496-1.
    case isoGainMap
    case depth
    case disparity
    case portraitMatte

    /// Says how much brighter places may be shown: it fits only tones that are as they were.
    public var isGainMap: Bool { self == .gainMap || self == .isoGainMap }

    var words: Words { Words(self == .portraitMatte ? "lost_portrait_matte" : "lost_depth_map") }
}

public enum GainMapFate: Sendable, Equatable {
    /// The photo had none: nothing is told.
    case none
    case kept
    /// The photo was brightened: the map would brighten it once more.
    case droppedBrightened
    /// The result's format holds none.
    case droppedFormat
}

public enum PlaceFate: Sendable, Equatable {
    /// The photo tells none. Nobody sees whether the picker left it out at the user's wish.
    case none
    case kept
    case removed
}

public struct SavePlan: Sendable, Equatable {
    /// Types that the app writes; anything else, raw photos say, becomes a JPEG.
    public static let WRITTEN = [
        "public.heic": "HEIC", "public.jpeg": "jpg", "public.png": "png", "public.tiff": "tiff",
    ]
    private static let HOLD_AUXILIARY: Set<String> = ["public.heic", "public.jpeg"]

    public let type: String
    public let name: String
    public let place: PlaceFate
    public let gainMap: GainMapFate
    /// What is written beside the pixels, in the photo's order.
    public let auxiliary: [AuxiliaryKind]
    private let facts: PhotoFacts

    /// - Parameters:
    ///   - brightened: the light step changed a level (CONTRACT E3); noise or blur mended do not move tones.
    ///   - parts: of 256, how much of the result is taken (CONTRACT R6); 0 is the photo itself.
    ///   - taken: names that are there already.
    public init(_ facts: PhotoFacts, keepsPlace: Bool, brightened: Bool, parts: Int, taken: Set<String> = []) {
        self.facts = facts
        type = SavePlan.WRITTEN[facts.type] == nil ? "public.jpeg" : facts.type
        name = resultName(facts.name, suffix: SavePlan.WRITTEN[type]!, taken: taken)
        place = facts.hasPlace ? (keepsPlace ? .kept : .removed) : .none
        let holds = SavePlan.HOLD_AUXILIARY.contains(type)
        let changesTone = brightened && parts > 0
        if !facts.auxiliary.contains(where: \.isGainMap) {
            gainMap = .none
        } else if changesTone {
            gainMap = .droppedBrightened
        } else {
            gainMap = holds ? .kept : .droppedFormat
        }
        auxiliary = facts.auxiliary.filter { holds && !($0.isGainMap && changesTone) }
    }

    /// What is told once it is saved.
    public var report: SaveReport {
        var lines = [Words("save_done", .text(name))]
        switch place {
        case .none: lines.append(Words("save_place_none"))
        case .kept: lines.append(Words("save_place_kept"))
        case .removed: lines.append(Words("save_place_removed"))
        }
        switch gainMap {
        case .none: break
        case .kept: lines.append(Words("save_gain_map_kept"))
        case .droppedBrightened: lines.append(Words("save_gain_map_dropped"))
        case .droppedFormat: lines.append(Words("save_gain_map_format"))
        }
        if let profile = facts.profileName {
            lines.append(Words(facts.profileKept ? "save_profile_kept" : "save_profile_converted", .text(profile)))
        }
        let dropped = facts.auxiliary.filter { !$0.isGainMap && !auxiliary.contains($0) }
        let lost = facts.lost.map(\.words) + dropped.map(\.words)
        if !lost.isEmpty { lines.append(Words("save_metadata_lost", .list(lost))) }
        return SaveReport(name: name, lines: lines)
    }
}

/// What became of a photo's details, line by line.
public struct SaveReport: Sendable, Equatable {
    public let name: String
    public let lines: [Words]

    public init(name: String, lines: [Words]) {
        (self.name, self.lines) = (name, lines)
    }
}
