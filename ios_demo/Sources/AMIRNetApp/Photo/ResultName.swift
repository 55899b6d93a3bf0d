/// What a result is called: never as the photo, never as anything that is there already.
import Foundation

private let ADDED = "_restored"
private let MOST = 120
private let UNFIT = Set("\\/:*?\"<>|")

/// - Parameters:
///   - photo: its name as its app tells it, "" where it tells none.
///   - suffix: without the dot.
func resultName(_ photo: String, suffix: String, taken: Set<String> = []) -> String {
    let end = photo.lastIndex(of: ".") ?? photo.endIndex
    let clean = photo[..<end].map { letter in
        UNFIT.contains(letter) || letter.unicodeScalars.contains { $0.value < 32 } ? "_" : letter
    }
    var stem = String(String(clean).trimmingCharacters(in: CharacterSet(charactersIn: " .")).prefix(MOST))
    if stem.hasSuffix(ADDED) { stem = String(stem.dropLast(ADDED.count)) }
    let base = (stem.isEmpty ? "photo" : stem) + ADDED
    var (name, number) = ("\(base).\(suffix)", 2)
    while taken.contains(name) {
        name = "\(base)_\(number).\(suffix)"
        number += 1
    }
    return name
}
