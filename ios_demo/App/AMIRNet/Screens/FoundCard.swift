/// What was found, how sure, and a way to say that it is something else.
import AMIRNetApp
import SwiftUI

struct FoundCard: View {
    let found: Found
    let model: RestoreModel

    var body: some View {
        Card(title: say("found_title")) {
            Text(verbatim: say(found.line)).font(.title3)
            if let next = found.next {
                Text(verbatim: say(next)).foregroundStyle(.secondary)
            }
            Lines(lines: found.notes, isSmall: true)
            if !model.kinds.isEmpty {
                Menu(say("found_correct")) {
                    Button(say("found_correct_automatic")) { choose(nil) }
                    ForEach(model.kinds, id: \.self) { kind in
                        Button(say(kindWords(kind))) { choose(kind) }
                    }
                }
                .buttonStyle(.bordered)
                .accessibilityHint(say("found_correct_title"))
            }
        }
    }

    /// Restores at once: the user has said what is wrong.
    private func choose(_ kind: String?) {
        guard model.choices.kind != kind else { return }
        model.choices.kind = kind
        model.applyChoices()
    }
}
