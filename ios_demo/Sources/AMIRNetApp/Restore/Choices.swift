/// What a user asks for on the restore screen, and the restore options that follow from it (CONTRACT R7).
import AMIRNetRuntime

public enum LightChoice: Sendable, Equatable, Hashable, Codable {
    case automatic
    case keep
    case brighten
    /// Percent of what the model would do, 0...`MOST`.
    case percent(Int)

    /// The contract allows 400; beyond twice the model's own light no photo gains.
    public static let MOST = 200

    public var words: Words {
        switch self {
        case .automatic: Words("light_auto")
        case .keep: Words("light_keep")
        case .brighten: Words("light_brighten")
        case .percent(let percent): Words("light_value", .number(percent))
        }
    }
}

public struct Choices: Sendable, Equatable, Codable {
    public var light = LightChoice.automatic
    /// The kind of damage that the user named; nil: the model finds out.
    public var kind: String?
    /// Percent of the restored photo, 0...100; the rest is the photo.
    public var strength = 100

    public init() {}

    /// What the restorer is asked for. Strength is 1: the app mixes by itself, so that its slider answers at once, with
    /// the same numbers (CONTRACT R6). Throws OptionError.
    public func options() throws -> RestoreOptions {
        let light: LightOption =
            switch self.light {
            case .automatic: .auto
            case .keep: .keep
            case .brighten: .brighten
            case .percent(let percent): .times(Double(percent) / 100)
            }
        return try RestoreOptions(light: light, kind: kind)
    }

    /// 0...256 parts (CONTRACT R6).
    public var parts: Int { partsOf(Double(strength) / 100) }

    /// Whether the result at hand, made with `other`, is not what these ask for. Strength is: it is mixed at once.
    public func needRestoring(after other: Choices) -> Bool {
        light != other.light || kind != other.kind
    }

    /// For a slider of 0...100.
    public var strengthSlider: Double {
        get { Double(strength) }
        set { strength = Int(newValue.rounded()) }
    }

    /// For a slider of 0...`LightChoice.MOST`, in percent of the model's light; moving it takes the light into the
    /// hand.
    public var lightSlider: Double {
        get { (lightScale ?? 1) * 100 }
        set { light = .percent(Int(newValue.rounded())) }
    }

    /// How much of the model's light they ask for, for a preview: 1 is all of it; nil where only a restore can tell.
    public var lightScale: Double? {
        switch light {
        case .automatic: 1
        case .keep: 0
        case .percent(let percent): Double(percent) / 100
        case .brighten: nil
        }
    }
}
