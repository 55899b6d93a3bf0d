/// Saving, and what became of the photo's details.
import AMIRNetApp
import SwiftUI

struct SaveCard: View {
    let model: RestoreModel
    let saving: SaveStage

    var body: some View {
        Card {
            switch saving {
            case .unsaved:
                saveButton
            case .saving:
                ProgressView().frame(maxWidth: .infinity)
                Text(verbatim: say("save_saving"))
            case .saved(let report):
                Label(say(report.lines[0]), systemImage: "checkmark.circle.fill").foregroundStyle(.green)
                Lines(lines: Array(report.lines.dropFirst()), isSmall: true)
                share
            case .failed(let problem):
                Text(verbatim: say(problem.what))
                Text(verbatim: say(problem.remedy)).foregroundStyle(.secondary)
                saveButton
                share
            }
        }
    }

    private var saveButton: some View {
        WideButton(title: say("save_action"), isProminent: !model.needsRestoring) { model.save() }
            .keyboardShortcut("s", modifiers: .command)
    }

    @ViewBuilder private var share: some View {
        if let file = model.savedFile {
            ShareLink(item: file) { Label(say("save_share"), systemImage: "square.and.arrow.up") }
                .buttonStyle(.bordered)
        }
    }
}
