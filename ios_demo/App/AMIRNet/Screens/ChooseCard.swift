/// Before there is a photo.
import AMIRNetApp
import SwiftUI

struct ChooseCard: View {
    let model: RestoreModel
    let keepsPlace: Bool

    var body: some View {
        Card {
            Image(systemName: "wand.and.stars")
                .font(.system(size: Layout.icon))
                .foregroundStyle(.tint)
                .accessibilityHidden(true)
            Text(verbatim: say("choose_title")).font(.title).accessibilityAddTraits(.isHeader)
            Text(verbatim: say("choose_text"))
            PhotoPickerButton(title: say("choose_action"), model: model)
                .buttonStyle(.borderedProminent)
                .controlSize(.large)
            Text(verbatim: say("choose_share_hint")).font(.footnote).foregroundStyle(.secondary)
            if keepsPlace {
                Text(verbatim: say("choose_place_stripped")).font(.footnote).foregroundStyle(.secondary)
            }
        }
    }
}
