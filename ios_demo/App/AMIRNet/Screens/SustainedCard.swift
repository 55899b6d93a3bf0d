/// The median of a tile, minute by minute, and how hot the phone was.
import AMIRNetApp
import SwiftUI

struct SustainedCard: View {
    let minutes: [Minute]

    var body: some View {
        Card(title: say("benchmark_sustained")) {
            HStack(alignment: .bottom, spacing: Layout.line) {
                ForEach(minutes, id: \.minute) { minute in
                    VStack(spacing: Layout.line) {
                        RoundedRectangle(cornerRadius: Layout.line)
                            .fill(color(minute.thermal))
                            .frame(height: Layout.curve * height(minute))
                        Text(verbatim: String(minute.minute)).font(.caption)
                    }
                    .frame(maxWidth: .infinity)
                }
            }
            .accessibilityElement(children: .ignore)
            .accessibilityLabel(described)
            Text(verbatim: described).font(.footnote).foregroundStyle(.secondary)
        }
    }

    private var described: String {
        say(
            Words(
                "benchmark_sustained_described", .decimal((minutes.first?.p50 ?? 0) * 1000, digits: 1),
                .decimal((minutes.last?.p50 ?? 0) * 1000, digits: 1)))
    }

    /// From zero, so that a bar twice as high is twice as slow.
    private func height(_ minute: Minute) -> Double {
        minute.p50 / (minutes.map(\.p50).max() ?? 1)
    }

    private func color(_ thermal: Thermal) -> Color {
        switch thermal {
        case .none: .green
        case .light, .moderate: .yellow
        case .severe: .orange
        case .critical: .red
        case .unknown: .gray
        }
    }
}
