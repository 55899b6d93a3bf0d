/// What this model does on this phone, and whether the numbers may be quoted.
import AMIRNetApp
import SwiftUI

struct BenchmarkScreen: View {
    let model: BenchmarkModel
    let room: EngineRoom

    var body: some View {
        NavigationStack {
            ScrollView {
                VStack(alignment: .leading, spacing: Layout.gap) {
                    ChipView(chip: room.chip)
                    if let problem = model.problem { ProblemCard(problem: problem) { model.problem = nil } }
                    start
                    if let result = model.result { VerdictCard(verdict: result.verdict) }
                    if !model.minutes.isEmpty { SustainedCard(minutes: model.minutes) }
                    if let result = model.result { ResultCards(result: result, file: model.file) }
                }
                .padding(Layout.margin)
                .frame(maxWidth: Layout.column)
                .frame(maxWidth: .infinity)
            }
            .navigationTitle(say("screen_benchmark"))
        }
    }

    private var start: some View {
        Card {
            if let stage = model.stage {
                ProgressView().frame(maxWidth: .infinity)
                Text(verbatim: say(stage.words))
                WideButton(title: say("benchmark_stop")) { model.stop() }
            } else {
                Text(verbatim: say("benchmark_intro"))
                WideButton(title: say("benchmark_start_long"), isProminent: true) { model.start(long: true) }
                WideButton(title: say("benchmark_start")) { model.start(long: false) }
            }
        }
    }
}

private struct VerdictCard: View {
    let verdict: Verdict

    var body: some View {
        Card {
            Label(
                say(verdict.lines[0]), systemImage: verdict.valid ? "checkmark.seal.fill" : "xmark.seal.fill"
            )
            .foregroundStyle(verdict.valid ? .green : .orange)
            Lines(lines: Array(verdict.lines.dropFirst()), isSmall: true)
        }
    }
}

private struct ResultCards: View {
    let result: PhoneResult
    let file: URL?

    var body: some View {
        Card {
            Row(title: say("benchmark_cold_load"), value: seconds(result.measured.cold))
            Row(title: say("benchmark_warm_load"), value: seconds(result.measured.warm))
            Row(title: say("benchmark_first_run"), value: milliseconds(result.measured.firstRun))
            VStack(alignment: .leading, spacing: Layout.line) {
                Text(verbatim: say("benchmark_steady"))
                Text(verbatim: say(result.measured.steady.words)).foregroundStyle(.secondary)
            }
            .accessibilityElement(children: .combine)
            Row(title: say("benchmark_photo"), value: seconds(result.measured.wholePhoto?.p50))
            Row(
                title: say("benchmark_energy"),
                value: say(result.conditions.tethered ? "benchmark_energy_tethered" : "benchmark_not_measured"))
        }
        if let file {
            ShareLink(item: file) { Label(say("benchmark_share"), systemImage: "square.and.arrow.up") }
                .buttonStyle(.borderedProminent)
                .controlSize(.large)
        }
    }

    private func seconds(_ seconds: Double?) -> String {
        guard let seconds else { return say("benchmark_not_measured") }
        return say(Words("benchmark_seconds", .decimal(seconds, digits: 2)))
    }

    private func milliseconds(_ seconds: Double) -> String {
        say(Words("benchmark_milliseconds", .decimal(seconds * 1000, digits: 1)))
    }
}

/// A name and a value, as one thing to hear.
private struct Row: View {
    let title: String
    let value: String

    var body: some View {
        HStack {
            Text(verbatim: title)
            Spacer()
            Text(verbatim: value).foregroundStyle(.secondary).multilineTextAlignment(.trailing)
        }
        .accessibilityElement(children: .combine)
    }
}
