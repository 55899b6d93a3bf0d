/// JSON, strictly (CONTRACT B4): no key twice in an object, finite numbers only, nesting bounded, whole numbers told
/// from others. Foundation's reader takes the last of two keys, and makes every number a float.

/// A value of JSON.
public indirect enum JsonValue: Sendable, Equatable {
    case null
    case boolean(Bool)
    /// Written without fraction and exponent, and within 64 bits.
    case integer(Int)
    /// A whole number beyond 64 bits.
    case hugeInteger
    /// Written with a fraction or an exponent; finite.
    case number(Double)
    case text(String)
    case list([JsonValue])
    case object(JsonObject)
}

/// An object of JSON, its keys in the order in which they stand and compared byte by byte, unlike Swift's own.
public struct JsonObject: Sendable, Equatable {
    public let keys: [String]
    private let values: [[UInt8]: JsonValue]

    public init(_ members: [(key: String, value: JsonValue)] = []) {
        keys = members.map(\.key)
        values = Dictionary(members.map { (Array($0.key.utf8), $0.value) }, uniquingKeysWith: { $1 })
    }

    public subscript(_ key: String) -> JsonValue? { values[Array(key.utf8)] }

    /// Whether a key stands twice.
    fileprivate var isAmbiguous: Bool { keys.count != values.count }
}

/// Why bytes are no such JSON.
public struct JsonFailure: Error, Sendable {
    public let reason: String
}

/// The value that all bytes are. Objects and lists are at most `depth` deep. Throws JsonFailure.
public func readJson(_ bytes: [UInt8], depth: Int) throws -> JsonValue {
    let text = String(decoding: bytes, as: UTF8.self)
    if !text.utf8.elementsEqual(bytes) { throw JsonFailure(reason: "not UTF-8") }
    var reader = JsonReader(bytes: bytes, most: depth)
    let value = try reader.value(1)
    reader.space()
    if reader.at < bytes.count { throw reader.failure("something follows its end") }
    return value
}

private struct JsonReader {
    let bytes: [UInt8]
    let most: Int
    var at = 0

    init(bytes: [UInt8], most: Int) {
        (self.bytes, self.most) = (bytes, most)
    }

    func failure(_ problem: String) -> JsonFailure {
        JsonFailure(reason: "not JSON: \(problem) at byte \(at)")
    }

    mutating func space() {
        while at < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[at]) { at += 1 }
    }

    private func peek() -> UInt8 { at < bytes.count ? bytes[at] : 0 }

    private mutating func takes(_ character: Unicode.Scalar) -> Bool {
        if peek() != UInt8(ascii: character) { return false }
        at += 1
        return true
    }

    mutating func value(_ depth: Int) throws -> JsonValue {
        space()
        switch peek() {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            if depth > most { throw JsonFailure(reason: "nested more than \(most) deep") }
            return takes("{") ? .object(try object(depth)) : .list(try list(depth))
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default:
            for (word, value) in [("true", JsonValue.boolean(true)), ("false", .boolean(false)), ("null", .null)]
            where bytes[at...].starts(with: word.utf8) {
                at += word.utf8.count
                return value
            }
            throw failure("no value")
        }
    }

    private mutating func object(_ depth: Int) throws -> JsonObject {
        var members: [(key: String, value: JsonValue)] = []
        space()
        if takes("}") { return JsonObject() }
        repeat {
            space()
            if peek() != UInt8(ascii: "\"") { throw failure("no key") }
            let key = try text()
            space()
            if !takes(":") { throw failure("no colon") }
            members.append((key, try value(depth + 1)))
            space()
        } while takes(",")
        if !takes("}") { throw failure("an object without an end") }
        let object = JsonObject(members)
        if object.isAmbiguous { throw JsonFailure(reason: "a key stands twice in one object") }
        return object
    }

    private mutating func list(_ depth: Int) throws -> [JsonValue] {
        var items: [JsonValue] = []
        at += 1
        space()
        if takes("]") { return items }
        repeat {
            items.append(try value(depth + 1))
            space()
        } while takes(",")
        if !takes("]") { throw failure("a list without an end") }
        return items
    }

    private mutating func digits() -> Int {
        let start = at
        while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(peek()) { at += 1 }
        return at - start
    }

    private mutating func number() throws -> JsonValue {
        let start = at
        _ = takes("-")
        let leading = peek()
        let count = digits()
        if count == 0 || (count > 1 && leading == UInt8(ascii: "0")) { throw failure("no number") }
        var whole = true
        if takes(".") {
            whole = false
            if digits() == 0 { throw failure("a fraction without digits") }
        }
        if takes("e") || takes("E") {
            whole = false
            if !takes("+") { _ = takes("-") }
            if digits() == 0 { throw failure("an exponent without digits") }
        }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        if whole { return Int(text).map { .integer($0) } ?? .hugeInteger }
        guard let number = Double(text), number.isFinite else {
            throw JsonFailure(reason: "\(text.prefix(40)) is not a finite number")
        }
        return .number(number)
    }

    private mutating func text() throws -> String {
        var found: [UInt8] = []
        at += 1
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: found, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(&found)
            case 0..<0x20: throw failure("a control character in a text")
            default: found.append(byte)
            }
        }
        throw failure("a text without an end")
    }

    private mutating func escape(_ found: inout [UInt8]) throws {
        let simple = Array("\"\"\\\\//b\u{8}f\u{c}n\nr\rt\t".utf8)
        let byte = peek()
        at += 1
        if let place = stride(from: 0, to: simple.count, by: 2).first(where: { simple[$0] == byte }) {
            return found.append(simple[place + 1])
        }
        guard byte == UInt8(ascii: "u") else { throw failure("an unknown escape") }
        var code = try hexadecimal()
        if (0xd800..<0xdc00).contains(code), bytes[at...].starts(with: "\\u".utf8) {
            let before = at
            at += 2
            let low = try hexadecimal()
            if (0xdc00..<0xe000).contains(low) {
                code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
            } else {
                at = before
            }
        }
        found += Array(String(Unicode.Scalar(code) ?? "\u{fffd}").utf8)  // half a pair stands for nothing
    }

    private mutating func hexadecimal() throws -> UInt32 {
        let word = bytes[at..<min(at + 4, bytes.count)]
        let code = UInt32(String(decoding: word, as: UTF8.self), radix: 16)
        guard word.count == 4, let code, word.first != UInt8(ascii: "+") else { throw failure("no four digits") }
        at += 4
        return code
    }
}
