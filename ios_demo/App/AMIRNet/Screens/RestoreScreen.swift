/// Choose, wait, compare, save: one screen that shows what its model's state says.
import AMIRNetApp
import PhotosUI
import SwiftUI

struct RestoreScreen: View {
    let model: RestoreModel
    let room: EngineRoom

    var body: some View {
        NavigationStack {
            ScrollView {
                VStack(alignment: .leading, spacing: Layout.gap) {
                    ChipView(chip: room.chip)
                    if let problem = room.problem { ProblemCard(problem: problem) { room.problem = nil } }
                    stage
                }
                .padding(Layout.margin)
                .frame(maxWidth: Layout.column)
                .frame(maxWidth: .infinity)
            }
            .navigationTitle(say("screen_restore"))
            .toolbar {
                if isDone { PhotoPickerButton(title: say("choose_another"), model: model) }
            }
        }
    }

    private var isDone: Bool {
        if case .done = model.state.stage { return true }
        return false
    }

    @ViewBuilder private var stage: some View {
        switch model.state.stage {
        case .choosing:
            Lines(lines: model.state.lines)
            ChooseCard(model: model, keepsPlace: room.settings.keepsPlace)
        case .opening, .looking, .restoring, .cancelling:
            ProgressCard(model: model)
        case .interrupted:
            InterruptedCard(model: model)
        case .failed(let problem):
            ProblemCard(problem: problem) { model.another() }
        case .done(let saving):
            ResultView(model: model, saving: saving)
        }
    }
}

/// The result, and what may be done with it.
private struct ResultView: View {
    let model: RestoreModel
    let saving: SaveStage

    var body: some View {
        CompareCard(pictures: model.pictures, width: width, height: height)
        if let found = model.found { FoundCard(found: found, model: model) }
        ChoicesCard(model: model)
        SaveCard(model: model, saving: saving)
    }

    private var width: Double { Double(model.finished?.buffer.width ?? 1) }
    private var height: Double { Double(model.finished?.buffer.height ?? 1) }
}

struct PhotoPickerButton: View {
    let title: String
    let model: RestoreModel
    @State private var item: PhotosPickerItem?

    var body: some View {
        // The current encoding: else the picker makes a JPEG of a HEIC, and its maps are lost.
        PhotosPicker(selection: $item, matching: .images, preferredItemEncoding: .current) {
            Label(title, systemImage: "photo.on.rectangle")
        }
        .onChange(of: item) { _, chosen in
            guard let chosen else { return }
            item = nil
            model.choose(chosen)
        }
    }
}
