/// How texts of strangers are shown in messages.

/// In quotation marks and in one line: what would command a terminal, or looks like nothing, as its number.
func quoted(_ text: String) -> String {
    let shown = text.unicodeScalars.prefix(200).map { scalar in
        switch scalar.value {
        case 0x5c: "\\\\"
        case 0x20..<0x7f: String(scalar)
        default: "\\u{\(String(scalar.value, radix: 16))}"
        }
    }
    return "'\(shown.joined())'"
}
