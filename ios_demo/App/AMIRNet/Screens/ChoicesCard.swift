/// Light and strength: both answer at once, light by a preview.
import AMIRNetApp
import SwiftUI

struct ChoicesCard: View {
    @Bindable var model: RestoreModel

    var body: some View {
        Card {
            strength
            Divider()
            if hasLight { light } else { Text(verbatim: say("light_none")).foregroundStyle(.secondary) }
            if model.needsRestoring {
                Text(verbatim: say("light_preview")).font(.footnote).foregroundStyle(.secondary)
                WideButton(title: say("apply_again"), isProminent: true) { model.applyChoices() }
            }
        }
    }

    private var hasLight: Bool { model.finished?.restored.diagnosis.light != nil }

    private var strength: some View {
        VStack(alignment: .leading, spacing: Layout.line) {
            Heading(title: say("strength_label"), value: say(Words("strength_value", .number(model.choices.strength))))
            Slider(value: $model.choices.strengthSlider, in: 0...100, step: 1)
                .accessibilityLabel(say("strength_label"))
                .accessibilityHint(say("strength_hint"))
        }
    }

    private var light: some View {
        VStack(alignment: .leading, spacing: Layout.line) {
            Heading(title: say("light_label"), value: say(model.choices.light.words))
            Slider(value: $model.choices.lightSlider, in: 0...Double(LightChoice.MOST), step: 5)
                .accessibilityLabel(say("light_label"))
                .accessibilityValue(say(model.choices.light.words))
            HStack(spacing: Layout.gap) {
                lightButton(.automatic)
                lightButton(.keep)
                lightButton(.brighten)
            }
        }
    }

    private func lightButton(_ choice: LightChoice) -> some View {
        Button(say(choice.words)) { model.choices.light = choice }
            .buttonStyle(.bordered)
            .font(.footnote)
            .tint(model.choices.light == choice ? .accentColor : .secondary)
            .accessibilityAddTraits(model.choices.light == choice ? .isSelected : [])
    }
}

/// A slider's name and its value.
private struct Heading: View {
    let title: String
    let value: String

    var body: some View {
        HStack {
            Text(verbatim: title).font(.headline)
            Spacer()
            Text(verbatim: value).font(.footnote).foregroundStyle(.secondary).multilineTextAlignment(.trailing)
        }
        .accessibilityHidden(true)
    }
}
