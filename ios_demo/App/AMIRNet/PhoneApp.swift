/// The app: three places, and photos or bundles that other apps hand over.
import SwiftUI
import UniformTypeIdentifiers

@main
struct PhoneApp: App {
    @State private var room: EngineRoom
    @State private var restore: RestoreModel
    @State private var benchmark: BenchmarkModel
    @Environment(\.scenePhase) private var phase

    init() {
        let room = EngineRoom()
        _room = State(initialValue: room)
        _restore = State(initialValue: RestoreModel(room))
        _benchmark = State(initialValue: BenchmarkModel(room))
    }

    var body: some Scene {
        WindowGroup {
            TabView {
                RestoreScreen(model: restore, room: room)
                    .tabItem { Label(say("screen_restore"), systemImage: "wand.and.stars") }
                BenchmarkScreen(model: benchmark, room: room)
                    .tabItem { Label(say("screen_benchmark"), systemImage: "gauge.with.needle") }
                SettingsScreen(room: room)
                    .tabItem { Label(say("screen_settings"), systemImage: "gearshape") }
            }
            .onOpenURL(perform: open)
            .onChange(of: phase) { _, now in
                restore.sceneChanged(isActive: now == .active, isBackground: now == .background)
                if now != .active { benchmark.leftFront() }
            }
        }
    }

    private func open(_ file: URL) {
        let type = UTType(filenameExtension: file.pathExtension)
        if type?.conforms(to: .zip) == true {
            room.open(bundle: file)
        } else {
            restore.open(file)
        }
    }
}
