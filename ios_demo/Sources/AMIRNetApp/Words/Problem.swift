/// An error as people are told it: what happened and what helps. The runtime's own line is kept as a detail.
import AMIRNetRuntime
import Foundation

public struct Problem: Sendable, Equatable, Error {
    public let what: Words
    public let remedy: Words
    /// The error's own line, in English; "" where the words say all.
    public let details: String

    public init(what: Words, remedy: Words, details: String) {
        (self.what, self.remedy, self.details) = (what, remedy, details)
    }

    /// The words for an error, by its name in the contract (CONTRACT B7). One that has no name is the engine's or the
    /// photo's, as `otherwise` says.
    public init(_ error: any Error, otherwise: String = "error_image") {
        if let problem = error as? Problem {
            self = problem
        } else if let known = error as? AmirnetError {
            let key = errorKey(known.name)
            self.init(what: Words(key), remedy: Words(key + "_remedy"), details: known.message)
        } else {
            let details = oneLine(error.localizedDescription)
            self.init(what: Words(otherwise), remedy: Words(otherwise + "_remedy"), details: details)
        }
    }
}

/// "OutOfMemoryError" -> "error_out_of_memory"; "AmirnetError" itself, which has no words, is an engine's.
func errorKey(_ name: String) -> String {
    let parts = name.reduce(into: [String]()) { parts, letter in
        if letter.isUppercase { parts.append("") }
        parts[parts.count - 1].append(letter.lowercased())
    }
    let stem = parts.last == "error" ? parts.dropLast() : parts[...]
    return stem == ["amirnet"] ? "error_engine" : (["error"] + stem).joined(separator: "_")
}
