/// The two shapes of a bundle, a folder and a zip of it, behind one view: names and bounded reads (CONTRACT B1-B3).
import Foundation

/// The one file of a bundle that the others are listed in.
public let MANIFEST = "manifest.json"
/// A bundle with more files than this is refused.
let ENTRIES = 10_000
/// A zip larger than this is refused: it is read into memory.
let ZIP_BYTES = 1 << 31

/// Throws UnsafePathError unless `name` is a relative path of portable parts joined by "/" (CONTRACT B3).
func checkPath(_ name: String, _ where: String) throws {
    for part in name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
        let text = String(decoding: part, as: UTF8.self)
        if part.isEmpty || !part.allSatisfy(isPortable) || text == "." || text == ".." {
            let rule = "a bundle's paths are relative, A-Z a-z 0-9 . _ - joined by '/'"
            throw UnsafePathError("\(`where`): unsafe path \(quoted(name)); \(rule)")
        }
    }
}

/// What a bundle is read through.
public protocol BundleFiles: Sendable {
    /// Every file in it, as checked relative paths.
    var names: Set<String> { get }

    /// The file's bytes, but never more than limit + 1 of them. Throws MissingFileError, ChangedFileError.
    func read(_ name: String, _ limit: Int) throws -> [UInt8]
}

/// A bundle that lies as a folder.
public struct FolderFiles: BundleFiles {
    public let names: Set<String>
    private let folder: String
    private let links: Bool

    /// Throws UnsafePathError for a link, unless `links` allows them, or anything that is neither file nor folder.
    public init(_ folder: String, links: Bool = false) throws {
        (self.folder, self.links) = (folder, links)
        if fileType("\(folder)/\(MANIFEST)", followed: false) == nil {
            let remedy = "this is not a bundle, or a part of one: export it again"
            throw MissingFileError("\(folder): no \(MANIFEST); \(remedy)")
        }
        var names: Set<String> = []
        var pending = [""]
        while let prefix = pending.popLast() {
            for entry in try scan("\(folder)/\(prefix)", folder) {
                let name = prefix + entry
                let place = "\(folder)/\(name)"
                if !links && fileType(place, followed: false) == S_IFLNK {
                    throw UnsafePathError("\(folder): \(quoted(name)) is a link; put the file itself there")
                }
                switch fileType(place, followed: true) {
                case S_IFDIR: pending.append(name + "/")
                case S_IFREG: names.insert(name)
                default: throw UnsafePathError("\(folder): \(quoted(name)) is not a plain file; remove it")
                }
                if names.count + pending.count > ENTRIES {
                    throw ExtraFileError("\(folder): more than \(ENTRIES) files; this is not a bundle")
                }
            }
        }
        self.names = names
    }

    public func read(_ name: String, _ limit: Int) throws -> [UInt8] {
        guard names.contains(name) else {
            throw MissingFileError("\(folder): \(name) is missing; copy or export the bundle again")
        }
        // O_NOFOLLOW: the file must not have become a link since the folder was listed; nor a pipe, to wait for.
        let handle = open("\(folder)/\(name)", O_RDONLY | O_NONBLOCK | (links ? 0 : O_NOFOLLOW))
        defer { if handle >= 0 { close(handle) } }
        var found = stat()
        guard handle >= 0, fstat(handle, &found) == 0 else { throw unreadable(name, errno) }
        if found.st_mode & S_IFMT != S_IFREG {
            throw UnsafePathError("\(folder): \(name) is not a plain file; remove it")
        }
        return try readUpTo(handle, min(Int(found.st_size), limit) + 1) { unreadable(name, $0) }
    }

    private func unreadable(_ name: String, _ code: Int32) -> ChangedFileError {
        ChangedFileError("\(folder): \(name) cannot be read (\(reason(code))); copy it again")
    }
}

/// A bundle that lies as a zip file, held in memory.
public struct ZipFiles: BundleFiles {
    public let names: Set<String>
    private let path: String
    private let archive: ZipArchive
    private let entries: [String: ZipEntry]

    /// Throws BundleError when it is not a sound zip.
    public init(_ path: String) throws {
        self.path = path
        archive = try openArchive(path)
        if !archive.entries.contains(where: { $0.name == MANIFEST }) {
            throw MissingFileError("\(path): no \(MANIFEST) at its top; zip the files, not the folder above them")
        }
        if archive.entries.count > ENTRIES { throw tooManyEntries(path) }
        var entries: [String: ZipEntry] = [:]
        for entry in archive.entries {
            let name = entry.name
            if ![0, Int(S_IFREG), Int(S_IFDIR)].contains(entry.type) {
                let problem = "is a link, a pipe or a device; a bundle holds plain files"
                throw UnsafePathError("\(path): \(quoted(name)) \(problem)")
            }
            let isFolder = name.utf8.last == UInt8(ascii: "/")
            try checkPath(isFolder ? String(name.dropLast()) : name, path)
            if isFolder { continue }
            if entries.updateValue(entry, forKey: name) != nil {
                throw ExtraFileError("\(path): \(name) is in the zip twice; zip the bundle again")
            }
        }
        self.entries = entries
        names = Set(entries.keys)
    }

    public func read(_ name: String, _ limit: Int) throws -> [UInt8] {
        guard let entry = entries[name] else {
            throw MissingFileError("\(path): \(name) is missing; copy or export the bundle again")
        }
        do {
            return try archive.read(entry, most: limit + 1)
        } catch let failure as UnpackFailure {
            throw ChangedFileError("\(path): \(name) cannot be unpacked (\(failure.reason)); copy the zip again")
        }
    }
}

private func openArchive(_ path: String) throws -> ZipArchive {
    let handle = open(path, O_RDONLY | O_NONBLOCK)
    defer { if handle >= 0 { close(handle) } }
    var found = stat()
    guard handle >= 0, fstat(handle, &found) == 0 else {
        throw BundleError("\(path): cannot be read (\(reason(errno))); check its permissions")
    }
    if found.st_mode & S_IFMT != S_IFREG {  // a pipe waits for ever, a device has no end
        throw BundleError("\(path): not a file; give a bundle's folder or zip file")
    }
    if Int(found.st_size) > ZIP_BYTES {
        throw BundleError("\(path): larger than \(ZIP_BYTES) bytes; unzip it and give the folder")
    }
    let content = try readUpTo(handle, Int(found.st_size)) { code in
        BundleError("\(path): cannot be read (\(reason(code))); check its permissions")
    }
    do {
        let archive = try ZipArchive(content)
        if archive.entries.count > 2 * ENTRIES { throw tooManyEntries(path) }
        return archive
    } catch let failure as ZipFailure {
        throw BundleError("\(path): not a whole zip file (\(failure.reason)); copy or export the bundle again")
    }
}

private func tooManyEntries(_ path: String) -> ExtraFileError {
    ExtraFileError("\(path): more than \(ENTRIES) entries; this is not a bundle")
}

/// At most `most` bytes of an open file.
private func readUpTo(_ handle: Int32, _ most: Int, _ failure: (Int32) -> any Error) throws -> [UInt8] {
    var code: Int32 = 0
    let content = [UInt8](unsafeUninitializedCapacity: most) { place, filled in
        while filled < most {
            let count = read(handle, place.baseAddress! + filled, most - filled)
            if count < 0 { code = errno }
            if count <= 0 { return }
            filled += count
        }
    }
    if code != 0 { throw failure(code) }
    return content
}

private func scan(_ place: String, _ folder: String) throws -> [String] {
    do {
        let entries = try FileManager.default.contentsOfDirectory(atPath: place)
        return entries.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    } catch {
        throw BundleError("\(folder): cannot be read (\(oneLine(error.localizedDescription))); check its permissions")
    }
}

/// The type bits of what lies at a path, a link's own unless it is followed; nil where nothing is.
func fileType(_ path: String, followed: Bool) -> mode_t? {
    var found = stat()
    let result = followed ? stat(path, &found) : lstat(path, &found)
    return result == 0 ? found.st_mode & S_IFMT : nil
}

private func reason(_ code: Int32) -> String {
    String(cString: strerror(code))
}

private func isPortable(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"): true
    default: false
    }
}
