/// Model, engine, compiled models, place.
import AMIRNetApp
import AMIRNetEngines
import SwiftUI
import UniformTypeIdentifiers

struct SettingsScreen: View {
    @Bindable var room: EngineRoom
    @State private var opensBundle = false
    @State private var isCleared = false

    var body: some View {
        NavigationStack {
            Form {
                if let problem = room.problem { ProblemCard(problem: problem) { room.problem = nil } }
                model
                engine
                cache
                place
                Section(say("settings_about")) {
                    Text(verbatim: say("settings_about_text"))
                    Text(verbatim: Phone.app).foregroundStyle(.secondary)
                }
            }
            .navigationTitle(say("screen_settings"))
            .fileImporter(isPresented: $opensBundle, allowedContentTypes: [.zip]) { chosen in
                if case .success(let file) = chosen { room.open(bundle: file) }
            }
        }
    }

    private var model: some View {
        Section {
            if let manifest = room.bundle?.manifest {
                Text(verbatim: say(Words("settings_model_value", .text(manifest.name), .text(manifest.license))))
            }
            Button(say("settings_model_choose")) { opensBundle = true }
            if room.settings.bundle != nil {
                Button(say("settings_model_shipped")) { room.settings.bundle = nil }
            }
        } header: {
            Text(verbatim: say("settings_model"))
        } footer: {
            Text(verbatim: say("settings_model_hint"))
        }
    }

    private var engine: some View {
        Section {
            Picker(say("settings_engine"), selection: $room.settings.engine) {
                Text(verbatim: say("settings_engine_automatic")).tag(Accelerator?.none)
                ForEach(Accelerator.allCases, id: \.self) { accelerator in
                    Text(verbatim: say(acceleratorWords(accelerator))).tag(Accelerator?.some(accelerator))
                }
            }
            if room.settings.engine != nil {
                Toggle(say("settings_engine_strict"), isOn: $room.settings.strict)
            }
            Picker(say("settings_precision"), selection: $room.settings.precision) {
                ForEach(PrecisionSetting.allCases, id: \.self) { precision in
                    Text(verbatim: say(precision.words)).tag(precision)
                }
            }
        }
    }

    private var cache: some View {
        Section {
            HStack {
                Text(verbatim: say("settings_cache"))
                Spacer()
                Text(verbatim: say(Words("settings_cache_value", .decimal(Double(room.cacheBytes) / 1e6, digits: 1))))
                    .foregroundStyle(.secondary)
            }
            .accessibilityElement(children: .combine)
            Button(say("settings_cache_clear")) {
                room.clearCache()
                isCleared = true
            }
        } footer: {
            Text(verbatim: say(isCleared ? "settings_cache_cleared" : "settings_cache_hint"))
        }
    }

    private var place: some View {
        Section {
            Toggle(say("settings_place"), isOn: $room.settings.keepsPlace)
        } footer: {
            Text(verbatim: say("settings_place_hint"))
        }
    }
}
