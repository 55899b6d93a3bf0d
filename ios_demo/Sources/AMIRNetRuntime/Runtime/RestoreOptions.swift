/// What a user may ask for beside "make it better": the same for one photo, a file, and a batch (CONTRACT R7).

/// The largest number that light may be.
public let MOST_LIGHT = 4.0

/// How bright a photo is to be (CONTRACT E7).
public enum LightOption: Sendable, Equatable {
    /// The model says how bright.
    case auto
    /// Not brightened, whatever the model says.
    case keep
    /// As a photo of low light.
    case brighten
    /// Auto's curve so many times, 0...4.
    case times(Double)

    /// "auto", "keep", "brighten", or a number. Throws OptionError.
    public static func parse(_ text: String) throws -> LightOption {
        switch text {
        case "auto": return .auto
        case "keep": return .keep
        case "brighten": return .brighten
        default:
            guard let number = Double(text) else { throw OptionError("light \(text): \(LIGHT_REMEDY)") }
            return .times(number)
        }
    }
}

public struct RestoreOptions: Sendable, Equatable {
    public let light: LightOption
    /// The damage to mend, by one of the names that the model's nodes state ("noise", "motion", ...); nil: the model
    /// finds out.
    public let kind: String?
    /// A node of the tree instead, its stored code and every confidence 1 (CONTRACT R3).
    public let node: Int?
    /// 0...1, how much of the restored photo is taken; the rest is the photo.
    public let strength: Double

    /// Throws OptionError for what is out of range or contradicts itself.
    public init(light: LightOption = .auto, kind: String? = nil, node: Int? = nil, strength: Double = 1) throws {
        if case .times(let number) = light, !(0...MOST_LIGHT).contains(number) {
            throw OptionError("light \(number): \(LIGHT_REMEDY)")
        }
        if !(0...1).contains(strength) {
            throw OptionError("strength \(strength): not within 0 to 1; 1 takes the restored photo, 0 the photo")
        }
        if let node, let kind {
            throw OptionError("node \(node) and kind \(kind): a node is of its own kind; leave one out")
        }
        if let node, light == .brighten {
            throw OptionError("node \(node) and light brighten: contradict; leave one out, or take light auto")
        }
        (self.light, self.kind, self.node, self.strength) = (light, kind, node, strength)
    }

    private init() {
        (light, kind, node, strength) = (.auto, nil, nil, 1)
    }

    /// Nothing but "make it better".
    public static let plain = RestoreOptions()
}

private let LIGHT_REMEDY = "no such light; choose one of auto, keep, brighten, or a number from 0 to 4"
