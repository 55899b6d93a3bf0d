/// A sealed bundle: found by path or by shipped name, and verified before anything is run from it (CONTRACT B1-B10).
import Foundation

/// Where the bundles that come with an app lie, one folder a name: `bundles` in its resources.
public let SHIPPED = (Bundle.main.resourcePath ?? ".") + "/bundles"

/// A manifest larger than this is refused.
let MANIFEST_BYTES = 16 << 20

/// The names that `ModelBundle.open` knows without a path, in alphabetical order.
public func shippedNames(_ shipped: String = SHIPPED) -> [String] {
    let found = (try? FileManager.default.contentsOfDirectory(atPath: shipped)) ?? []
    return found.filter { fileType("\(shipped)/\($0)/\(MANIFEST)", followed: true) == S_IFREG }.sorted()
}

/// A verified bundle. Every file in it had the size and SHA-256 of its manifest when it was opened, and `read` checks
/// again, so an engine only ever sees sealed bytes.
public struct ModelBundle: Sendable {
    /// The path it came from, for messages.
    public let `where`: String
    public let manifest: Manifest
    /// SHA-256, in hex, of the manifest's bytes, and so of the seals of all files.
    public let fingerprint: String
    private let files: any BundleFiles

    /// Open and verify a folder, a .zip of one, or a shipped name such as "mobile".
    ///
    /// A bare shipped name always means the shipped bundle; write ./mobile for a folder of that name. Throws the
    /// subclass of BundleError that names the first thing wrong, in the order of CONTRACT B6.
    public static func open(_ pathOrName: String, shipped: String = SHIPPED) throws -> ModelBundle {
        let path = try locate(pathOrName, shipped: shipped)
        let isShipped = path != pathOrName
        // What was installed with an app may be links: some installers keep files once and link them.
        let isFolder = fileType(path, followed: true) == S_IFDIR
        let files: any BundleFiles = isFolder ? try FolderFiles(path, links: isShipped) : try ZipFiles(path)
        let content = try files.read(MANIFEST, MANIFEST_BYTES)
        if content.count > MANIFEST_BYTES {
            throw BundleError("\(path): \(MANIFEST) is larger than \(MANIFEST_BYTES) bytes; this is not a bundle")
        }
        let manifest = try Manifest.parse(content, path)
        let bundle = ModelBundle(where: path, manifest: manifest, fingerprint: sha256(content), files: files)
        try bundle.checkSet()
        let run = try bundle.runAsOnnx()
        for name in manifest.files.keys.sorted() {
            let content = try bundle.read(name)
            if run.contains(name) {
                try checkModel(content, "\(path): \(name)")
            } else if name.lowercased().hasSuffix(".onnx") {
                try checkComplete(content, "\(path): \(name)")
            }
        }
        return bundle
    }

    /// The files that an engine for ONNX would load, whatever they are called. Throws BundleError where that is a
    /// folder.
    private func runAsOnnx() throws -> Set<String> {
        let found = Set(manifest.models.values.flatMap { $0["onnx", default: [:]].values })
        for path in found.sorted() where manifest.files[path] == nil {
            let problem = "\(path) is a folder, and an ONNX model is a file"
            throw BundleError("\(`where`): \(problem); export the bundle again")
        }
        return found
    }

    public var tree: DegradationTree { manifest.tree }

    /// What the runtime has to know of the model.
    public var spec: ModelSpec {
        ModelSpec(
            where: `where`, tree: manifest.tree, probe: manifest.probe, tile: manifest.tile, light: manifest.light)
    }

    /// The bytes of one listed file, verified. Throws MissingFileError, ChangedFileError.
    public func read(_ name: String) throws -> [UInt8] {
        guard let seal = manifest.files[name] else {
            throw MissingFileError("\(`where`): the manifest lists no file \(name); export the bundle again")
        }
        let content = try files.read(name, seal.bytes)
        if content.count != seal.bytes {
            let found = content.count > seal.bytes ? "more" : String(content.count)
            let problem = "\(name) has \(found) bytes, not \(seal.bytes)"
            throw ChangedFileError("\(`where`): \(problem); copy the bundle again")
        }
        if sha256(content) != seal.sha256 {
            throw ChangedFileError("\(`where`): \(name) was changed (its SHA-256 differs); copy the bundle again")
        }
        return content
    }

    private func checkSet() throws {
        let (present, listed) = (files.names.subtracting([MANIFEST]), Set(manifest.files.keys))
        if let name = listed.subtracting(present).min() {
            throw MissingFileError("\(`where`): \(name) is missing; copy or export the bundle again")
        }
        if let name = present.subtracting(listed).min() {
            let problem = "\(quoted(name)) is not in the manifest"
            throw ExtraFileError("\(`where`): \(problem); remove it or export the bundle again")
        }
    }
}

/// The folder or zip file that `ModelBundle.open` would read. Throws UnknownBundleError.
public func locate(_ pathOrName: String, shipped: String = SHIPPED) throws -> String {
    let names = shippedNames(shipped)
    if names.contains(pathOrName) { return "\(shipped)/\(pathOrName)" }
    if fileType(pathOrName, followed: true) != nil { return pathOrName }
    let known = names.isEmpty ? "no bundle is shipped with this app" : "shipped: \(names.joined(separator: ", "))"
    let kind = pathOrName.contains("/") || pathOrName.contains(".") ? "folder or zip file" : "shipped bundle"
    throw UnknownBundleError("\(pathOrName): no such \(kind); give a bundle's path or a name (\(known))")
}
