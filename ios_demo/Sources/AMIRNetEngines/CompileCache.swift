/// Models that the system compiled for this phone, kept so that the next start is faster, and cleared by the user.
import AMIRNetRuntime
import Foundation

/// What a compiled model depends on. Anything of it changed, and it is compiled anew.
public struct CompileKey: Sendable, Equatable {
    /// SHA-256 over the model's files, with their names.
    public let model: String
    /// The exact build of the system, which brings the runtime library.
    public let system: String
    /// The runtime's own version.
    public let runtime: String

    public init(model: String, system: String, runtime: String) {
        (self.model, self.system, self.runtime) = (model, system, runtime)
    }

    /// A folder's name: 64 hex digits.
    public var folder: String {
        sha256(Array([model, system, runtime].joined(separator: "\u{0}").utf8))
    }

    /// The hash of a model that is a folder: files by name, each with its seal in the manifest.
    public static func model(_ seals: [String: String]) -> String {
        let lines = seals.sorted { $0.key < $1.key }.map { "\($0.key)\u{0}\($0.value)\n" }
        return sha256(Array(lines.joined().utf8))
    }
}

/// Compiled models in a folder, one a key. What the system may clear at any time is a cache; so is this.
public struct CompileCache: Sendable {
    private let place: URL

    /// `place` need not exist yet.
    public init(_ place: URL) {
        self.place = place
    }

    /// The compiled model for a key; nil where it was not kept.
    public func find(_ key: CompileKey) -> URL? {
        let found = url(key)
        return FileManager.default.fileExists(atPath: found.path) ? found : nil
    }

    /// Moves a compiled model here, whole or not at all, and gives its new place. Throws EngineError.
    public func keep(_ compiled: URL, _ key: CompileKey) throws -> URL {
        let files = FileManager.default
        let target = url(key)
        do {
            try files.createDirectory(at: place, withIntermediateDirectories: true)
            if files.fileExists(atPath: target.path) { try files.removeItem(at: target) }
            try files.moveItem(at: compiled, to: target)
        } catch {
            let reason = oneLine(error.localizedDescription)
            throw EngineError("\(target.lastPathComponent): cannot be kept (\(reason)); make room on the phone")
        }
        return target
    }

    /// Bytes of all that is kept.
    public var bytes: Int {
        let keys: [URLResourceKey] = [.fileSizeKey, .isRegularFileKey]
        guard let found = FileManager.default.enumerator(at: place, includingPropertiesForKeys: keys) else { return 0 }
        return found.reduce(0) { sum, item in
            let values = try? (item as? URL)?.resourceValues(forKeys: Set(keys))
            return sum + (values?.isRegularFile == true ? values?.fileSize ?? 0 : 0)
        }
    }

    /// Throws away all that is kept. Throws EngineError.
    public func clear() throws {
        guard FileManager.default.fileExists(atPath: place.path) else { return }
        do {
            try FileManager.default.removeItem(at: place)
        } catch {
            let reason = oneLine(error.localizedDescription)
            throw EngineError("compiled models: cannot be cleared (\(reason)); restart the phone and try again")
        }
    }

    private func url(_ key: CompileKey) -> URL {
        place.appendingPathComponent(key.folder + ".mlmodelc", isDirectory: true)
    }
}
