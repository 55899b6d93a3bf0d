/// A photo in a PPM file (P6, 8 bits), restored into another by bands: neither is ever whole in memory.
import AMIRNetRuntime
import Foundation

/// Rows read from one file, rectangles written to another, which takes its name when it is whole and not before.
final class PpmRows: PhotoRows, @unchecked Sendable {
    let width: Int
    let height: Int
    private(set) var change = Change()
    private let path: String
    private let photo: Int32
    private let start: off_t
    private let output: String
    private let draft: String
    private let header: [UInt8]
    private var result: Int32

    /// Throws ImageError for what is no such photo, OutputError where `output` cannot be written.
    init(_ path: String, output: String) throws {
        let size = try PpmHeader(path)
        (self.path, self.output) = (path, output)
        (width, height, start) = (size.width, size.height, off_t(size.length))
        header = Array("P6\n\(width) \(height)\n255\n".utf8)
        photo = open(path, O_RDONLY)
        draft = "\(output).\(UUID().uuidString.prefix(8)).part"  // each attempt its own
        result = open(draft, O_WRONLY | O_CREAT | O_EXCL, 0o644)
        if result < 0 { throw unwritable() }
        try put(header, 0..<header.count, 0)
    }

    deinit {
        if photo >= 0 { close(photo) }
        if result >= 0 {
            close(result)
            unlink(draft)
        }
    }

    func read(_ top: Int, _ bottom: Int) throws -> Pixels {
        var bytes = [UInt8](repeating: 0, count: (bottom - top) * width * 3)
        let count = pread(photo, &bytes, bytes.count, start + off_t(top * width * 3))
        if count != bytes.count { throw ImageError("\(path): cannot be read any more; copy it again") }
        return Pixels(height: bottom - top, width: width, bytes: bytes)
    }

    func write(_ top: Int, _ left: Int, _ seen: Pixels, _ restored: Pixels) throws {
        change.add(seen, restored)
        let row = restored.width * 3
        for y in 0..<restored.height {
            let place = header.count + ((top + y) * width + left) * 3
            try put(restored.bytes, (y * row)..<((y + 1) * row), off_t(place))
        }
    }

    func reopened() throws -> PpmRows {
        try PpmRows(path, output: output)
    }

    /// The file gets its name.
    func save() throws {
        let closed = close(result)
        result = -1
        if closed != 0 || rename(draft, output) != 0 {
            defer { unlink(draft) }
            throw unwritable()
        }
    }

    private func put(_ bytes: [UInt8], _ part: Range<Int>, _ place: off_t) throws {
        let count = bytes.withUnsafeBytes { pwrite(result, $0.baseAddress! + part.lowerBound, part.count, place) }
        if count != part.count { throw unwritable() }
    }

    private func unwritable() -> OutputError {
        let reason = String(cString: strerror(errno))
        return OutputError("\(output): cannot be written (\(reason)); choose another place")
    }
}

/// The first lines of a PPM file: P6, width, height, 255, apart by white space or comments.
private struct PpmHeader {
    let width: Int
    let height: Int
    let length: Int

    /// Throws ImageError for what is no such file, or not a whole one.
    init(_ path: String) throws {
        let photo = open(path, O_RDONLY | O_NONBLOCK)
        defer { if photo >= 0 { close(photo) } }
        var found = stat()
        guard photo >= 0, fstat(photo, &found) == 0, found.st_mode & S_IFMT == S_IFREG else {
            throw ImageError("\(path): cannot be read; give a photo's file")
        }
        var bytes = [UInt8](repeating: 0, count: 4096)
        bytes.removeLast(4096 - max(0, pread(photo, &bytes, 4096, 0)))
        var (at, words) = (0, [String]())
        while words.count < 4, at < bytes.count {
            if bytes[at] == UInt8(ascii: "#") {
                while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { at += 1 }
            } else if isSpace(bytes[at]) {
                at += 1
            } else {
                let word = bytes[at...].prefix { !isSpace($0) }
                words.append(String(decoding: word, as: UTF8.self))
                at += word.count
            }
        }
        guard words.count == 4, words[0] == "P6", words[3] == "255", let width = Int(words[1]),
            let height = Int(words[2]), (1..<1 << 20).contains(width), (1..<1 << 20).contains(height)
        else {
            throw ImageError("\(path): is no PPM photo of 8 bits (P6, 255); convert it to one")
        }
        (self.width, self.height, length) = (width, height, at + 1)
        if Int(found.st_size) < length + width * height * 3 {
            throw ImageError("\(path): is cut short; copy it again")
        }
    }
}

private func isSpace(_ byte: UInt8) -> Bool {
    [0x20, 0x09, 0x0a, 0x0d].contains(byte)
}
