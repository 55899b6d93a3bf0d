/// The contract's vectors, as sdk/contract/vectors/README.md describes them: what the tests replay.
import Foundation
import XCTest

@testable import AMIRNetRuntime

/// The repository's top.
let REPOSITORY: String = {
    let parts = #filePath.split(separator: "/")
    return "/" + parts.dropLast(4).joined(separator: "/")
}()
let VECTORS = "\(REPOSITORY)/sdk/contract/vectors"

/// The vectors of one file, whole.
func document(_ name: String) throws -> JsonValue {
    try readJson(bytesOf("\(VECTORS)/\(name).json"), depth: DEPTH)
}

func bytesOf(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
}

/// Runs `body` on every case of a group; what it throws is told with the case's name. `canSay`: whether the types of
/// this language can express what is given; a case that they cannot is left out, and that is said.
func replay(
    _ file: String, _ group: String, canSay: (_ given: JsonValue) -> Bool = { _ in true },
    _ body: (_ given: JsonValue, _ expected: JsonValue) throws -> Void
) throws {
    let cases = try document(file)["groups"][group]["cases"].items
    XCTAssertGreaterThan(cases.count { canSay($0["given"]) }, 0, "\(file) \(group): no cases")
    for each in cases {
        let name = "\(file) \(group): \(each["name"].string)"
        if !canSay(each["given"]) {
            print("left out, as Swift's types cannot express it: \(name)")
            continue
        }
        do {
            try refusedAs(each["expected"], name) { try body(each["given"], each["expected"]) }
        } catch {
            XCTFail("\(name): \(error)")
        }
    }
}

/// Holds that what runs within is refused as the vectors expect, or, where they expect no error, not at all.
func refusedAs(_ expected: JsonValue, _ name: String, _ body: () throws -> Void) throws {
    guard expected.has("error") else { return try body() }
    let wanted = expected["error"].string
    do {
        try body()
        XCTFail("\(name): nothing was thrown, not \(wanted)")
    } catch let error as AmirnetError {
        XCTAssertEqual(error.name, wanted, "\(name): \(error)")
        for text in expected.has("names") ? expected["names"].items.map(\.string) : [] {
            let pattern = "(?<![\\w.])\(NSRegularExpression.escapedPattern(for: text))(?![\\w])"
            let found = error.message.range(of: pattern, options: .regularExpression)
            XCTAssertNotNil(found, "\(name): \(error) does not name \(text)")
        }
    }
}

/// The bytes that an object of the vectors stands for.
func content(_ stated: JsonValue) throws -> [UInt8] {
    if stated.has("hex") {
        let digits = Array(stated["hex"].string)
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0..<($0 + 2)]), radix: 16)! }
    }
    let whole = try bytesOf("\(VECTORS)/\(stated["file"].string)")
    let offset = stated["offset"].int
    return Array(whole[offset..<(offset + stated["length"].int)])
}

/// Pixels, HWC.
func pixels(_ stated: JsonValue) throws -> Pixels {
    precondition(stated["type"].string == "uint8")
    let shape = stated["shape"].ints
    return Pixels(height: shape[0], width: shape[1], bytes: try content(stated))
}

/// float32 numbers of any shape.
func float32(_ stated: JsonValue) throws -> [Float] {
    precondition(stated["type"].string == "float32")
    let bytes = try content(stated)
    return stride(from: 0, to: bytes.count, by: 4).map { at in
        Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) })
    }
}

/// What an engine gave, HWC.
func answer(_ stated: JsonValue) throws -> Answer {
    if stated["type"].string == "uint8" { return .levels(try pixels(stated)) }
    let shape = stated["shape"].ints
    return .numbers(Floats(height: shape[0], width: shape[1], values: try float32(stated)))
}

/// N squares, of shape (N, s, s, 3).
func squares(_ stated: JsonValue) throws -> [Pixels] {
    let (shape, bytes) = (stated["shape"].ints, try content(stated))
    let length = shape[1] * shape[2] * 3
    return (0..<shape[0]).map { place in
        let own = Array(bytes[(place * length)..<((place + 1) * length)])
        return Pixels(height: shape[1], width: shape[2], bytes: own)
    }
}

/// A tree of trees.json.
func treeNamed(_ name: String) throws -> DegradationTree {
    guard case .object(let stated) = try document("trees")["shared"]["trees"][name] else { fatalError(name) }
    return try treeOf(Fields(values: stated, where: name))
}

/// Short ways to what a test knows to be there.
extension JsonValue {
    subscript(_ key: String) -> JsonValue {
        guard case .object(let object) = self, let value = object[key] else { fatalError("no \(key) in \(self)") }
        return value
    }

    func has(_ key: String) -> Bool {
        guard case .object(let object) = self else { return false }
        return object[key] != nil
    }

    var keys: [String] {
        guard case .object(let object) = self else { fatalError("no object: \(self)") }
        return object.keys
    }

    var items: [JsonValue] {
        guard case .list(let items) = self else { fatalError("no list: \(self)") }
        return items
    }

    var string: String {
        guard case .text(let text) = self else { fatalError("no text: \(self)") }
        return text
    }

    var bool: Bool {
        guard case .boolean(let value) = self else { fatalError("no boolean: \(self)") }
        return value
    }

    var int: Int {
        guard case .integer(let value) = self else { fatalError("no whole number: \(self)") }
        return value
    }

    var double: Double {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        case .text("NaN"): .nan
        case .text("Infinity"): .infinity
        case .text("-Infinity"): -.infinity
        default: fatalError("no number: \(self)")
        }
    }

    var isNull: Bool { self == .null }
    var ints: [Int] { items.map(\.int) }
    var levels: [UInt8] { ints.map { UInt8($0) } }
    var doubles: [Double] { items.map(\.double) }
    /// float32 numbers, written as the float64 that they are.
    var floats: [Float] {
        doubles.map { number in
            precondition(number.isNaN || Double(Float(number)) == number, "\(number) is no float32")
            return Float(number)
        }
    }
    var strings: [String] { items.map(\.string) }
}
