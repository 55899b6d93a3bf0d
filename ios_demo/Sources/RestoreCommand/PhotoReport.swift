/// What the command prints of a photo: the same object as `amirnet restore --json`.
import AMIRNetRuntime
import Foundation

/// Of one photo a line of JSON; `seconds` by stage.
func jsonLine(
    _ photo: String, _ output: String, _ how: Restored, _ seconds: [(stage: String, spent: Double)]
) -> String {
    let (found, options) = (how.diagnosis, how.options)
    let curve = found.light.map { "{\"gain\": \(list($0.gain)), \"bend\": \(list($0.bend))}" }
    let times = seconds.map { "\(quoted($0.stage)): \(($0.spent * 1e6).rounded() / 1e6)" }
    let fields: [(String, String)] = [
        ("input", quoted(photo)), ("output", quoted(output)), ("node", "\(found.node)"), ("path", list(found.path)),
        ("confidence", "\(found.confidence)"), ("kind", options.kind.map(quoted) ?? "null"),
        ("light", light(options.light)), ("curve", curve ?? "null"), ("strength", "\(options.strength)"),
        ("tile", "\(how.tile)"), ("tiles", "\(how.tiles)"), ("change_psnr", "\(how.changePsnr)"),
        ("left_alone", "\(how.leftAlone)"), ("seconds", "{\(times.joined(separator: ", "))}"),
    ]
    return "{\(fields.map { "\(quoted($0.0)): \($0.1)" }.joined(separator: ", "))}"
}

/// The same in words.
func textLine(_ photo: String, _ output: String, _ how: Restored, _ tree: DegradationTree) throws -> String {
    let node = try tree.node(how.diagnosis.node)
    let name = node.label.isEmpty ? "node \(node.id)" : node.label
    let sure = Int((how.diagnosis.confidence * 100).rounded())
    let mended = how.leftAlone ? "nothing to mend: left as it was; " : ""
    let tiles = "\(how.tiles) tile\(how.tiles > 1 ? "s" : "") of \(how.tile)"
    let seconds = String(format: "%.2f s", how.seconds["total"] ?? 0)
    return "\(photo) → \(output)  [\(name), \(sure)% sure; \(mended)\(tiles), \(seconds)]"
}

private func light(_ light: LightOption) -> String {
    switch light {
    case .times(let number): "\(number)"
    default: quoted("\(light)")
    }
}

private func list(_ numbers: [some CustomStringConvertible]) -> String {
    "[\(numbers.map(\.description).joined(separator: ", "))]"
}

/// A text of JSON, in ASCII.
private func quoted(_ text: String) -> String {
    let escaped = text.utf16.map { unit in
        switch unit {
        case 0x22: "\\\""
        case 0x5c: "\\\\"
        case 0x20..<0x7f: String(UnicodeScalar(UInt8(unit)))
        default: "\\u" + String(format: "%04x", unit)
        }
    }
    return "\"\(escaped.joined())\""
}
