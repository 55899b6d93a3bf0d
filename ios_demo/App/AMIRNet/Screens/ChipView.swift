/// What runs, in one line; more of it, and every engine that was left, below.
import AMIRNetApp
import SwiftUI

struct ChipView: View {
    let chip: Chip

    var body: some View {
        VStack(alignment: .leading, spacing: Layout.line) {
            HStack(spacing: Layout.line) {
                Circle().fill(color).frame(width: Layout.chip, height: Layout.chip)
                Text(verbatim: say(chip.line)).font(.footnote)
            }
            .padding(.horizontal, Layout.gap)
            .padding(.vertical, Layout.line)
            .background(.fill.tertiary, in: Capsule())
            .accessibilityElement(children: .ignore)
            .accessibilityLabel(say("chip_label"))
            .accessibilityValue(say(chip.line))
            Text(verbatim: say(chip.placement)).font(.caption).foregroundStyle(.secondary)
            ForEach(chip.fallbacks.indices, id: \.self) { index in
                Label(say(chip.fallbacks[index]), systemImage: "exclamationmark.triangle.fill")
                    .font(.footnote)
                    .foregroundStyle(.orange)
            }
        }
    }

    private var color: Color {
        if chip.thermal.isThrottled { return .red }
        switch chip.life {
        case .ready: return .green
        case .specializing, .warming: return .orange
        case .unloaded: return .gray
        }
    }
}
