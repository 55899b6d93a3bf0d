/// Deflate's other half (RFC 1951): what zips are compressed with, unpacked, and never beyond a limit.

/// Why a piece of a zip cannot be unpacked.
struct UnpackFailure: Error {
    let reason: String
}

/// At most `most` bytes of what a deflate stream unpacks to. Throws UnpackFailure for a damaged or truncated one.
func inflated(_ packed: ArraySlice<UInt8>, most: Int) throws -> [UInt8] {
    var unpacking = Inflate(packed, most: most)
    var last = false
    while !last && unpacking.output.count < most {
        last = try unpacking.bits(1) == 1
        switch try unpacking.bits(2) {
        case 0: try unpacking.stored()
        case 1: try unpacking.compressed(FIXED_LITERALS, FIXED_DISTANCES)
        case 2:
            let (literals, distances) = try unpacking.dynamicCodes()
            try unpacking.compressed(literals, distances)
        default: throw UnpackFailure(reason: "invalid block type")
        }
    }
    return unpacking.output
}

/// The stream at work: bits are taken from each byte's low end.
private struct Inflate {
    private let packed: [UInt8]
    private let most: Int
    private var at = 0
    private var held: UInt64 = 0
    private var count = 0
    var output: [UInt8] = []

    init(_ packed: ArraySlice<UInt8>, most: Int) {
        self.packed = Array(packed)
        self.most = most
    }

    /// The next bits, 0 to 16 of them, the first the lowest.
    mutating func bits(_ wanted: Int) throws -> Int {
        fill()
        if count < wanted { throw UnpackFailure(reason: "incomplete or truncated stream") }
        let value = Int(held & ((1 << UInt64(wanted)) - 1))
        held >>= UInt64(wanted)
        count -= wanted
        return value
    }

    private mutating func fill() {
        while count <= 48 && at < packed.count {
            held |= UInt64(packed[at]) << UInt64(count)
            count += 8
            at += 1
        }
    }

    private mutating func symbol(_ code: PrefixCode) throws -> Int {
        fill()
        let entry = code.table[Int(held) & (code.table.count - 1)]
        let length = Int(entry & 15)
        if length == 0 { throw UnpackFailure(reason: "invalid code") }
        if length > count { throw UnpackFailure(reason: "incomplete or truncated stream") }
        held >>= UInt64(length)
        count -= length
        return Int(entry >> 4)
    }

    mutating func stored() throws {
        _ = try bits(count % 8)
        let (length, inverse) = (try bits(16), try bits(16))
        if length != ~inverse & 0xffff { throw UnpackFailure(reason: "invalid stored block lengths") }
        for _ in 0..<min(length, most - output.count) { output.append(UInt8(try bits(8))) }
    }

    mutating func compressed(_ literals: PrefixCode, _ distances: PrefixCode) throws {
        while output.count < most {
            let symbol = try symbol(literals)
            if symbol < 256 {
                output.append(UInt8(symbol))
                continue
            }
            if symbol == 256 { return }
            if symbol > 285 { throw UnpackFailure(reason: "invalid literal or length") }
            let length = LENGTHS[symbol - 257].base + (try bits(LENGTHS[symbol - 257].extra))
            let far = try self.symbol(distances)
            if far > 29 { throw UnpackFailure(reason: "invalid distance") }
            let distance = DISTANCES[far].base + (try bits(DISTANCES[far].extra))
            if distance > output.count { throw UnpackFailure(reason: "invalid distance, too far back") }
            for _ in 0..<min(length, most - output.count) { output.append(output[output.count - distance]) }
        }
    }

    /// The codes that a block brings along, themselves compressed.
    mutating func dynamicCodes() throws -> (PrefixCode, PrefixCode) {
        let (literals, distances) = (try bits(5) + 257, try bits(5) + 1)
        let given = try bits(4) + 4
        if literals > 286 || distances > 30 { throw UnpackFailure(reason: "too many lengths or distances") }
        var lengths = [Int](repeating: 0, count: 19)
        for place in LENGTH_ORDER[..<given] { lengths[place] = try bits(3) }
        let code = try PrefixCode(lengths, lone: false)
        var found: [Int] = []
        while found.count < literals + distances {
            let symbol = try symbol(code)
            switch symbol {
            case 16:
                guard let last = found.last else { throw UnpackFailure(reason: "invalid length repeat") }
                found += [Int](repeating: last, count: 3 + (try bits(2)))
            case 17: found += [Int](repeating: 0, count: 3 + (try bits(3)))
            case 18: found += [Int](repeating: 0, count: 11 + (try bits(7)))
            default: found.append(symbol)
            }
        }
        if found.count > literals + distances { throw UnpackFailure(reason: "invalid length repeat") }
        if found[256] == 0 { throw UnpackFailure(reason: "missing end of block") }
        return (try PrefixCode(Array(found[..<literals])), try PrefixCode(Array(found[literals...])))
    }
}

/// A Huffman code as one table: the next bits of the stream -> 16 * the symbol + the length of its code; 0 for none.
private struct PrefixCode {
    let table: [UInt16]

    /// `lengths`: of each symbol's code, 0 for a symbol without. `lone`: a single code of one bit may stand alone.
    init(_ lengths: [Int], lone: Bool = true) throws {
        let longest = lengths.max() ?? 0
        var counts = [Int](repeating: 0, count: 16)
        for length in lengths where length > 0 { counts[length] += 1 }
        var (next, code, left) = ([Int](repeating: 0, count: 16), 0, 1)
        for length in 1...15 {
            code = (code + counts[length - 1]) << 1
            next[length] = code
            left = (left << 1) - counts[length]
            if left < 0 { throw UnpackFailure(reason: "invalid code lengths") }
        }
        if left > 0 && longest > 0 && !(lone && longest == 1) { throw UnpackFailure(reason: "incomplete code") }
        if longest == 0 && !lone { throw UnpackFailure(reason: "incomplete code") }
        var table = [UInt16](repeating: 0, count: 1 << longest)
        for (symbol, length) in lengths.enumerated() where length > 0 {
            let entry = UInt16(symbol << 4 | length)
            for place in stride(from: reversed(next[length], length), to: table.count, by: 1 << length) {
                table[place] = entry
            }
            next[length] += 1
        }
        self.table = table
    }
}

private func reversed(_ code: Int, _ length: Int) -> Int {
    (0..<length).reduce(0) { result, bit in result | (code >> bit & 1) << (length - 1 - bit) }
}

private typealias Step = (base: Int, extra: Int)

private let LENGTHS: [Step] = [
    (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 1), (13, 1), (15, 1), (17, 1), (19, 2),
    (23, 2), (27, 2), (31, 2), (35, 3), (43, 3), (51, 3), (59, 3), (67, 4), (83, 4), (99, 4), (115, 4), (131, 5),
    (163, 5), (195, 5), (227, 5), (258, 0),
]
private let DISTANCES: [Step] = (0..<30).map { symbol in
    let extra = max(0, symbol / 2 - 1)
    return symbol < 4 ? (symbol + 1, 0) : ((2 + symbol % 2) << extra + 1, extra)
}
private let LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
private let FIXED_LITERALS: PrefixCode = {
    let lengths = (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
    return try! PrefixCode(lengths)
}()
private let FIXED_DISTANCES: PrefixCode = try! PrefixCode([Int](repeating: 5, count: 32))
