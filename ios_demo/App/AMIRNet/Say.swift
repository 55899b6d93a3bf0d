/// The app's words in the user's language.
import AMIRNetApp
import Foundation

private let PHRASES = Phrasebook(locale: Locale(identifier: Bundle.main.preferredLocalizations.first ?? "en")) { key in
    let text = Bundle.main.localizedString(forKey: key, value: "", table: nil)
    return text.isEmpty ? nil : text
}

func say(_ words: Words) -> String { PHRASES.say(words) }

func say(_ key: String) -> String { PHRASES.say(key) }
