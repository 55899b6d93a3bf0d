/// What the app says, before it is in a language: a key of Localizable.strings and what is put into its places.
import Foundation

public indirect enum Argument: Sendable, Equatable {
    case number(Int)
    /// With so many digits after the language's decimal separator.
    case decimal(Double, digits: Int)
    case text(String)
    case words(Words)
    /// One after the other, with commas.
    case list([Words])
}

public struct Words: Sendable, Equatable {
    public let key: String
    public let arguments: [Argument]

    public init(_ key: String, _ arguments: Argument...) {
        (self.key, self.arguments) = (key, arguments)
    }

    public init(_ key: String, all arguments: [Argument]) {
        (self.key, self.arguments) = (key, arguments)
    }
}

/// Says words in a language. A key that the language lacks says itself, so that a lack is seen and nothing crashes.
public struct Phrasebook: Sendable {
    private let lookUp: @Sendable (String) -> String?
    private let locale: Locale

    /// `lookUp`: a key's text, with places as in `%1$@` (text) and `%1$d` (whole numbers), and `%%` for a percent sign.
    public init(locale: Locale, lookUp: @escaping @Sendable (String) -> String?) {
        (self.locale, self.lookUp) = (locale, lookUp)
    }

    public func say(_ words: Words) -> String {
        guard let text = lookUp(words.key) else { return words.key }
        return filled(text, words.arguments.map(say))
    }

    public func say(_ key: String) -> String { say(Words(key)) }

    private func say(_ argument: Argument) -> String {
        switch argument {
        case .number(let number): String(number)
        case .decimal(let number, let digits):
            number.formatted(.number.precision(.fractionLength(digits)).locale(locale))
        case .text(let text): text
        case .words(let words): say(words)
        case .list(let list): list.map(say).joined(separator: ", ")
        }
    }
}

/// The text with its places filled, whatever they name; a place that nothing was given for stays as it is.
func filled(_ text: String, _ values: [String]) -> String {
    var (result, rest) = ("", Substring(text))
    while let percent = rest.firstIndex(of: "%") {
        result += rest[..<percent]
        rest = rest[rest.index(after: percent)...]
        if rest.first == "%" {
            result += "%"
            rest = rest.dropFirst()
            continue
        }
        let digits = rest.prefix(while: \.isNumber)
        let after = rest.dropFirst(digits.count)
        let number = Int(digits) ?? 0
        let isPlace = after.hasPrefix("$@") || after.hasPrefix("$d")
        guard isPlace, values.indices.contains(number - 1) else {
            result += "%"
            continue
        }
        result += values[number - 1]
        rest = after.dropFirst(2)
    }
    return result + rest
}
