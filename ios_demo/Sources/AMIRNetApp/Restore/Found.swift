/// What was found, in words with how sure, and what a user may say it is instead.
import AMIRNetRuntime
import Foundation

public struct Found: Sendable, Equatable {
    /// The likeliest kind of damage, or what the user said it is.
    public let line: Words
    /// The next likeliest, where it is worth a word.
    public let next: Words?
    /// What was made of the photo: left alone, brightened, and by how much it was changed.
    public let notes: [Words]

    /// How likely, 0...1, something has to be to be called almost certain, and likely, and to be told as a next guess.
    private static let VERY = 0.8
    private static let QUITE = 0.5
    private static let WORTH_A_WORD = 0.05

    /// - Parameters:
    ///   - kind: what the user said it is; nil: nobody said.
    ///   - restored: nil while it is not restored yet.
    public init(_ diagnosis: Diagnosis, kind: String? = nil, restored: Restored? = nil) {
        let (first, second) = (diagnosis.kinds.first, diagnosis.kinds.dropFirst().first)
        if let kind {
            line = Words("found_by_user", .words(kindWords(kind)))
        } else if let first, first.likelihood > 0 {
            line = Words(
                "found_line", .words(kindWords(first.kind)), .words(Found.sure(first.likelihood)),
                .number(Found.percent(first.likelihood)))
        } else {
            line = Words("found_unknown")
        }
        if kind == nil, let second, second.likelihood >= Found.WORTH_A_WORD {
            next = Words("found_next", .words(kindWords(second.kind)), .number(Found.percent(second.likelihood)))
        } else {
            next = nil
        }
        var notes: [Words] = []
        if let means = diagnosis.meanLevels, diagnosis.light?.isIdentity == false {
            let (before, after) = (Int(means.before.rounded()), Int(means.after.rounded()))
            // A light that nobody would see is not told.
            if after != before { notes.append(Words("found_brightened", .number(before), .number(after))) }
        }
        if let restored {
            notes.append(
                restored.leftAlone
                    ? Words("found_left_alone") : Words("found_change", .decimal(restored.changePsnr, digits: 1)))
        }
        self.notes = notes
    }

    static func sure(_ likelihood: Double) -> Words {
        Words(likelihood >= VERY ? "sure_very" : likelihood >= QUITE ? "sure_quite" : "sure_hardly")
    }

    /// Never 100 where it is not certain, never 0 where it is not impossible.
    static func percent(_ likelihood: Double) -> Int {
        let rounded = Int((likelihood * 100).rounded())
        if likelihood < 1 && rounded == 100 { return 99 }
        return likelihood > 0 && rounded == 0 ? 1 : rounded
    }
}

/// Kinds that have words; a model may know others, which say their own name.
private let NAMED: Set<String> = ["noise", "lowlight", "defocus", "motion", "jpeg", "none"]

public func kindWords(_ kind: String) -> Words {
    NAMED.contains(kind) ? Words("kind_\(kind)") : Words(kind)
}

/// What a user may choose from: the kinds that the model's tree states and a walk can be led to, in its order.
public func kindsToChoose(_ tree: DegradationTree) -> [String] {
    kindsOf(tree).filter { (try? checkKind(tree, $0)) != nil }
}
