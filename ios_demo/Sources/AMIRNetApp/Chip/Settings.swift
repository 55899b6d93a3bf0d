/// What a user has set, kept between starts.
import AMIRNetEngines
import Foundation

public struct Settings: Sendable, Equatable, Codable {
    /// The accelerator asked for; nil: automatic.
    public var engine: Accelerator?
    /// Only that one: fail instead of falling back.
    public var strict = false
    public var precision: PrecisionSetting = .int8
    /// Write where the photo was taken into the result.
    public var keepsPlace = false
    /// The name of a bundle that the user opened, in the app's own folder; nil: the one that came with the app.
    public var bundle: String?

    public init() {}

    /// The settings that were kept; what cannot be read, of an older version say, counts as never set.
    public init(kept: Data?) {
        self = kept.flatMap { try? JSONDecoder().decode(Settings.self, from: $0) } ?? Settings()
    }

    public var toKeep: Data? { try? JSONEncoder().encode(self) }
}

extension Settings {
    /// Changes where other engines are wanted.
    public var engineKey: String {
        "\(engine?.rawValue ?? "automatic") \(strict) \(precision.rawValue) \(bundle ?? "")"
    }
}
