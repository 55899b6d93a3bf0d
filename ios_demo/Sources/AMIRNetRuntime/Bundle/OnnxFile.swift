/// Whether an ONNX model is complete in itself: one that names other files for its weights is refused (CONTRACT B10).
///
/// ONNX Runtime would read those files from wherever it runs, unsealed. Only as much of the format is read here as it
/// takes to find every tensor. What is to be run as ONNX must be well-formed as far as that: ONNX Runtime takes other
/// formats too (its own, ORT), of which nothing is known here.

private enum Message {
    case model, training, function, graph, node, attribute, sparse, tensor

    /// The fields of it that may hold a tensor, by number, and what message each is.
    var parts: [Int: Message] {
        switch self {
        case .model: [7: .graph, 20: .training, 25: .function]
        case .training: [1: .graph, 2: .graph]
        case .function: [7: .node, 11: .attribute]
        case .graph: [1: .node, 5: .tensor, 15: .sparse]
        case .node: [5: .attribute]
        case .attribute: [5: .tensor, 6: .graph, 10: .tensor, 11: .graph, 22: .sparse, 23: .sparse]
        case .sparse: [1: .tensor, 2: .tensor]
        case .tensor: [:]
        }
    }
}

/// A model with more fields than this on the way to its tensors is refused, so that reading one takes a second at most.
/// The shipped restorer has some thousands.
let FIELDS = 500_000
private let GRAPH = 7
private let (EXTERNAL_DATA, DATA_LOCATION, EXTERNAL) = (13, 14, UInt64(1))
private let (VARINT, FIXED64, BYTES, FIXED32) = (0, 1, 2, 5)
private let GROUP = 3...4

/// `checkComplete` of what is to be run as ONNX. Throws BundleError also for what is no ONNX model.
public func checkModel(_ content: [UInt8], _ where: String) throws {
    try checkComplete(content, `where`, strict: true)
    var fields = FieldReader(content, content.indices)
    while let field = fields.next() {
        if field.number == GRAPH && field.wire == BYTES { return }
    }
    throw noModel(`where`)
}

/// Throws ExternalDataError when a tensor's data lies outside of the model, BundleError when it has more parts than any
/// model, or parts that no model has, or, if `strict`, is not well-formed; `where` names the file.
public func checkComplete(_ content: [UInt8], _ where: String, strict: Bool = false) throws {
    var left = FIELDS
    var pending = [(kind: Message.model, message: content.indices)]
    while let (kind, message) = pending.popLast() {
        let parts = kind.parts
        var fields = FieldReader(content, message)
        while let field = fields.next() {
            if GROUP.contains(field.wire) {  // an engine skips what it does not know, and reads on behind it
                let problem = "has a group of fields, which no model has"
                throw BundleError("\(`where`): \(problem); export the bundle again")
            }
            left -= 1
            if left < 0 {
                let problem = "has more than \(FIELDS) parts, which no model has"
                throw BundleError("\(`where`): \(problem); export the bundle again")
            }
            let located = field.number == DATA_LOCATION && field.wire == VARINT && field.value == EXTERNAL
            if kind == .tensor && (field.number == EXTERNAL_DATA || located) {
                let problem = "reads its weights from other files, which nothing seals"
                throw ExternalDataError("\(`where`): \(problem); export the model with its weights inside")
            }
            if field.wire == BYTES, let part = parts[field.number] { pending.append((part, field.content)) }
        }
        if strict && fields.isTorn { throw noModel(`where`) }
    }
}

private func noModel(_ where: String) -> BundleError {
    let problem = "is not an ONNX model (damaged, or in another format)"
    return BundleError("\(`where`): \(problem); export the bundle again")
}

/// Number, wire type and value of a field: a number, or where its bytes lie.
private struct Field {
    let number: Int
    let wire: Int
    let value: UInt64
    let content: Range<Int>
}

/// The fields of a message, up to where it is not well-formed: then it is torn.
private struct FieldReader {
    private let bytes: [UInt8]
    private let end: Int
    private var at: Int
    private(set) var isTorn = false

    init(_ bytes: [UInt8], _ message: Range<Int>) {
        (self.bytes, at, end) = (bytes, message.lowerBound, message.upperBound)
    }

    mutating func next() -> Field? {
        guard at < end, !isTorn else { return nil }
        // What engines see of a longer key: 32 bits. No field has the number 0: zeros are no message.
        guard let key = varint(), case let low = key.value & 0xffff_ffff, low >> 3 != 0 else { return torn() }
        let (number, wire) = (Int(low >> 3), Int(low & 7))
        var size = 0
        switch wire {
        case VARINT:
            guard let found = varint() else { return torn() }
            return Field(number: number, wire: wire, value: found.value, content: at..<at)
        case BYTES:
            guard let found = varint(), !found.isLonger, found.value <= UInt64(end - at) else { return torn() }
            size = Int(found.value)
        case FIXED64: size = 8
        case FIXED32: size = 4
        case GROUP: break
        default: return torn()
        }
        if size > end - at { return torn() }
        defer { at += size }
        return Field(number: number, wire: wire, value: 0, content: at..<(at + size))
    }

    private mutating func torn() -> Field? {
        isTorn = true
        return nil
    }

    /// The number that begins here, its low 64 bits, and whether it has more; nil where there is none.
    private mutating func varint() -> (value: UInt64, isLonger: Bool)? {
        var result: UInt64 = 0
        for place in 0..<10 where at < end {
            let byte = bytes[at]
            at += 1
            result |= UInt64(byte & 0x7f) << UInt64(7 * place)
            if byte < 0x80 { return (result, place == 9 && byte > 1) }
        }
        return nil
    }
}
