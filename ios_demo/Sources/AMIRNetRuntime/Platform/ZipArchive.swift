/// A zip file held in memory: its directory and bounded reads of its entries, stored and deflated. Foundation has none.

/// Why bytes are no zip.
struct ZipFailure: Error {
    let reason: String
}

/// One entry of a zip's directory, with what the directory says of it.
struct ZipEntry {
    /// As it is written there.
    let name: String
    /// The kind of file where a Unix made the zip: the type bits of a mode; 0 where nothing is said.
    let type: Int
    let flags: Int
    let method: Int
    let checksum: UInt32
    let packedSize: Int
    let size: Int
    let header: Int
}

struct ZipArchive {
    let entries: [ZipEntry]
    private let content: [UInt8]

    /// Throws ZipFailure when it is not a sound zip.
    init(_ content: [UInt8]) throws {
        self.content = content
        let end = try endRecord(content)
        let (size, offset) = (content.number(end + 12, 4), content.number(end + 16, 4))
        if size == 0xffff_ffff || offset == 0xffff_ffff { throw ZipFailure(reason: "zip64, which no bundle needs") }
        let before = end - size - offset  // bytes in front of the zip
        if before < 0 { throw ZipFailure(reason: "bad offset of the central directory") }
        var entries: [ZipEntry] = []
        var at = offset + before
        while at < end {
            let entry = try Self.entry(content, at, end, before)
            entries.append(entry.found)
            at = entry.next
        }
        self.entries = entries
    }

    private static func entry(
        _ content: [UInt8], _ at: Int, _ end: Int, _ before: Int
    ) throws -> (found: ZipEntry, next: Int) {
        guard at + 46 <= end else { throw ZipFailure(reason: "truncated central directory") }
        guard content.number(at, 4) == 0x0201_4b50 else { throw ZipFailure(reason: "bad magic number of an entry") }
        guard content.number(at + 6, 2) <= 63 else { throw ZipFailure(reason: "a later zip version") }
        let name = at + 46..<at + 46 + content.number(at + 28, 2)
        let next = name.upperBound + content.number(at + 30, 2) + content.number(at + 32, 2)
        guard next <= end else { throw ZipFailure(reason: "truncated central directory") }
        let flags = content.number(at + 8, 2)
        let text = String(decoding: content[name], as: UTF8.self)
        if flags & 0x800 != 0 && !text.utf8.elementsEqual(content[name]) {
            throw ZipFailure(reason: "a name that is not UTF-8")
        }
        let found = ZipEntry(
            name: text, type: content.number(at + 40, 2) & 0xf000, flags: flags, method: content.number(at + 10, 2),
            checksum: UInt32(content.number(at + 16, 4)), packedSize: content.number(at + 20, 4),
            size: content.number(at + 24, 4), header: content.number(at + 42, 4) + before)
        return (found, next)
    }

    /// At most `most` bytes of an entry, its checksum compared where that is all of it. Throws UnpackFailure.
    func read(_ entry: ZipEntry, most: Int) throws -> [UInt8] {
        let start = entry.header
        guard start >= 0, start + 30 <= content.count, content.number(start, 4) == 0x0403_4b50 else {
            throw UnpackFailure(reason: "bad magic number of its header")
        }
        let name = start + 30..<start + 30 + content.number(start + 26, 2)
        let data = name.upperBound + content.number(start + 28, 2)
        guard data + entry.packedSize <= content.count else { throw UnpackFailure(reason: "unexpected end of file") }
        guard content[name].elementsEqual(entry.name.utf8) else {
            throw UnpackFailure(reason: "its name differs in directory and header")
        }
        if entry.flags & 0x61 != 0 { throw UnpackFailure(reason: "encrypted or patched") }
        let (packed, wanted) = (content[data..<(data + entry.packedSize)], min(entry.size, most))
        let unpacked: [UInt8]
        switch entry.method {
        case 0: unpacked = Array(packed.prefix(wanted))
        case 8: unpacked = try inflated(packed, most: wanted)
        default: throw UnpackFailure(reason: "compression method \(entry.method)")
        }
        if unpacked.count < wanted { throw UnpackFailure(reason: "unexpected end of file") }
        if wanted == entry.size && crc32(unpacked) != entry.checksum { throw UnpackFailure(reason: "bad CRC-32") }
        return unpacked
    }
}

/// Where the end record begins: at the very end, or before a comment of up to 64 KiB.
private func endRecord(_ content: [UInt8]) throws -> Int {
    let last = content.count - 22
    if last >= 0 {
        if content.number(last, 4) == 0x0605_4b50 && content.number(last + 20, 2) == 0 { return last }
        for at in stride(from: last, through: max(0, last - 65535), by: -1) {
            if content.number(at, 4) == 0x0605_4b50 { return at }
        }
    }
    throw ZipFailure(reason: "no end of the central directory")
}

/// CRC-32 as zips have it.
func crc32(_ bytes: [UInt8]) -> UInt32 {
    CRC_TABLE.withUnsafeBufferPointer { table in
        ~bytes.withUnsafeBufferPointer { bytes in
            var crc: UInt32 = 0xffff_ffff
            for byte in bytes { crc = table[Int((crc ^ UInt32(byte)) & 0xff)] ^ crc >> 8 }
            return crc
        }
    }
}

private let CRC_TABLE: [UInt32] = (0..<256).map { place in
    (0..<8).reduce(UInt32(place)) { crc, _ in crc & 1 == 1 ? 0xedb8_8320 ^ crc >> 1 : crc >> 1 }
}

extension [UInt8] {
    /// The little-endian number of so many bytes at a place.
    fileprivate func number(_ at: Int, _ count: Int) -> Int {
        (0..<count).reduce(0) { $0 | Int(self[at + $1]) << (8 * $1) }
    }
}
