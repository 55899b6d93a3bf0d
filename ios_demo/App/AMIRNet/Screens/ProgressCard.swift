/// While a photo is restored, and when that was interrupted.
import AMIRNetApp
import SwiftUI

struct ProgressCard: View {
    let model: RestoreModel

    var body: some View {
        if let photo = model.pictures.photo {
            Image(decorative: photo, scale: 1)
                .resizable()
                .aspectRatio(contentMode: .fit)
                .clipShape(RoundedRectangle(cornerRadius: Layout.corner))
        }
        Card(title: say("notification_title")) {
            ProgressView(value: model.state.fraction)
                .accessibilityLabel(say("screen_restore"))
                .accessibilityValue(say(model.state.described))
            Lines(lines: model.state.lines)
            if let line = model.backgroundLine {
                Text(verbatim: say(line)).font(.footnote).foregroundStyle(.secondary)
            }
            WideButton(title: say("progress_cancel")) { model.cancel() }
                .disabled(!model.state.canCancel)
                .keyboardShortcut(.cancelAction)
        }
    }
}

struct InterruptedCard: View {
    let model: RestoreModel

    var body: some View {
        Card {
            Lines(lines: model.state.lines)
            WideButton(title: say("progress_again"), isProminent: true) { model.again() }
            WideButton(title: say("choose_another")) { model.another() }
        }
    }
}
