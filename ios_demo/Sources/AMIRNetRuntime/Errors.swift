/// Every error that the runtime raises on purpose. Each message is one line: the thing, the reason, the remedy.
///
/// The names are part of the contract (CONTRACT B7): the Python and Kotlin runtimes raise errors of the same names.
/// Classes, so that `catch let error as BundleError` takes every kind of it.
import Foundation

/// Base of every error a caller can act on.
public class AmirnetError: Error, LocalizedError, CustomStringConvertible, @unchecked Sendable {
    /// One line: the thing, the reason, the remedy.
    public let message: String

    public required init(_ message: String) {
        self.message = message
    }

    public var description: String { message }
    public var errorDescription: String? { message }
    /// The error's name in the contract.
    public var name: String { String(describing: type(of: self)) }
}

/// A bundle was refused, before any runtime saw a byte of its models.
public class BundleError: AmirnetError, @unchecked Sendable {}

/// Neither a shipped name nor an existing folder or zip file.
public final class UnknownBundleError: BundleError, @unchecked Sendable {}

/// The manifest's major schema version is not one this release reads.
public final class UnsupportedSchemaError: BundleError, @unchecked Sendable {}

/// A file that the bundle must hold (the manifest, or one it lists) is not there.
public final class MissingFileError: BundleError, @unchecked Sendable {}

/// The bundle holds a file that its manifest does not list.
public final class ExtraFileError: BundleError, @unchecked Sendable {}

/// A file's size or SHA-256 is not the one its manifest states, or the file cannot be read back.
public final class ChangedFileError: BundleError, @unchecked Sendable {}

/// An ONNX model of the bundle has weights in other files, which nothing seals.
public final class ExternalDataError: BundleError, @unchecked Sendable {}

/// A path that could leave the bundle's folder: absolute, "..", a backslash, a link, an odd character.
public final class UnsafePathError: BundleError, @unchecked Sendable {}

/// manifest.json is not JSON, or a field is missing, of the wrong type, or contradicts another.
public final class ManifestError: BundleError, @unchecked Sendable {}

/// A photo could not be read: missing, empty, truncated, too large, or not a photo.
public final class ImageError: AmirnetError, @unchecked Sendable {}

/// A result could not be written where it was asked for. Nothing half-written is left behind.
public final class OutputError: AmirnetError, @unchecked Sendable {}

/// A tile size that the model cannot take, or a tile that does not fit the plan it is blended into.
public final class TileError: AmirnetError, @unchecked Sendable {}

/// A node number, or a kind of damage, that the bundle's tree does not have.
public final class NodeError: AmirnetError, @unchecked Sendable {}

/// An option out of its range, one that contradicts another, or one that the bundle has nothing for.
public final class OptionError: AmirnetError, @unchecked Sendable {}

/// The inference engine could not load a model, or a model returned something the contract forbids.
public class EngineError: AmirnetError, @unchecked Sendable {}

/// A tile does not fit into the memory there is, or that may be used; no smaller tile does either.
public final class OutOfMemoryError: EngineError, @unchecked Sendable {}
