/// What the cards of all screens share.
import AMIRNetApp
import SwiftUI

/// A card with a title.
struct Card<Content: View>: View {
    var title: String?
    @ViewBuilder let content: Content

    var body: some View {
        VStack(alignment: .leading, spacing: Layout.gap) {
            if let title {
                Text(verbatim: title).font(.headline).accessibilityAddTraits(.isHeader)
            }
            content
        }
        .padding(Layout.inset)
        .frame(maxWidth: .infinity, alignment: .leading)
        .background(.fill.tertiary, in: RoundedRectangle(cornerRadius: Layout.corner))
    }
}

/// Words, one line each.
struct Lines: View {
    let lines: [Words]
    var isSmall = false

    var body: some View {
        if !lines.isEmpty {
            VStack(alignment: .leading, spacing: Layout.line) {
                ForEach(lines.indices, id: \.self) { index in
                    Text(verbatim: say(lines[index])).font(isSmall ? .footnote : .body)
                }
            }
        }
    }
}

/// A button that is as wide as its card.
struct WideButton: View {
    let title: String
    var isProminent = false
    let action: @MainActor () -> Void

    var body: some View {
        if isProminent {
            button.buttonStyle(.borderedProminent)
        } else {
            button.buttonStyle(.bordered)
        }
    }

    private var button: some View {
        Button(action: action) {
            Text(verbatim: title).frame(maxWidth: .infinity)
        }
        .controlSize(.large)
    }
}

/// What happened, what helps, and what the runtime said.
struct ProblemCard: View {
    let problem: Problem
    let dismiss: @MainActor () -> Void

    var body: some View {
        Card(title: say("error_title")) {
            Text(verbatim: say(problem.what))
            Text(verbatim: say(problem.remedy)).foregroundStyle(.secondary)
            if !problem.details.isEmpty {
                DisclosureGroup(say("error_details")) {
                    Text(verbatim: problem.details).font(.footnote).textSelection(.enabled)
                }
            }
            WideButton(title: say("error_dismiss"), action: dismiss)
        }
    }
}
