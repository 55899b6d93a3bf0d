/// The model bundle, the engines for it, what runs, and what the user has set.
import AMIRNetApp
import AMIRNetEngines
import AMIRNetRuntime
import Foundation
import Observation

@MainActor
@Observable
final class EngineRoom {
    private static let KEPT = "settings"
    private static let SHIPPED = "mobile"

    var settings: Settings {
        didSet {
            guard settings != oldValue else { return }
            UserDefaults.standard.set(settings.toKeep, forKey: EngineRoom.KEPT)
            if settings.engineKey != oldValue.engineKey { forget() }
        }
    }
    private(set) var chip: Chip
    private(set) var bundle: ModelBundle?
    var problem: Problem?
    private(set) var cacheBytes = 0
    let device = Phone.device
    let cache: CompileCache
    private let bundles: URL
    private var chain: EngineChain?

    init() {
        let settings = Settings(kept: UserDefaults.standard.data(forKey: EngineRoom.KEPT))
        self.settings = settings
        let first = EngineOrder.of(
            asked: settings.engine, strict: settings.strict, precision: settings.precision, held: [])
        chip = Chip(choice: first[0], thermal: Phone.thermal)
        cache = CompileCache(URL.cachesDirectory.appendingPathComponent("models", isDirectory: true))
        bundles = URL.applicationSupportDirectory.appendingPathComponent("bundles", isDirectory: true)
        cacheBytes = cache.bytes
        watchThermal()
    }

    /// The verified bundle and its engines, in the order that the settings ask for. Throws BundleError.
    func engines() async throws -> (ModelBundle, EngineChain) {
        if let bundle, let chain { return (bundle, chain) }
        let place = settings.bundle.map { bundles.appendingPathComponent($0).path } ?? EngineRoom.SHIPPED
        let bundle = try await Task.detached { try ModelBundle.open(place) }.value
        let held = bundle.manifest.models["restorer"]?["coreml"].map { $0.keys.compactMap(Precision.init(rawValue:)) }
        let choices = EngineOrder.of(
            asked: settings.engine, strict: settings.strict, precision: settings.precision, held: Set(held ?? []))
        let (cache, system) = (cache, device.systemBuild)
        let chain = EngineChain(choices) { choice in
            try CoremlEngine(bundle, choice, cache: cache, system: system)
        }
        await chain.watching { choice, life in
            Task { @MainActor in self.saw(choice, life) }
        }
        (self.bundle, self.chain) = (bundle, chain)
        return (bundle, chain)
    }

    /// After engines were made ready: what the platform would run where, and what was left on the way.
    func look() async {
        guard let chain, let engine = try? await chain.ready() else { return }
        (chip.choice, chip.ran) = (engine.choice, engine.ran)
        chip.plan = await engine.plan()
        chip.failures = await chain.failures
        cacheBytes = cache.bytes
    }

    /// Takes a bundle into the app's own folder and uses it from now on, if it is sound.
    func open(bundle file: URL) {
        Task {
            do {
                let name = try await Task.detached { [bundles] in try taken(file, to: bundles) }.value
                settings.bundle = name
                forget()
                problem = nil
            } catch {
                problem = Problem(error, otherwise: "error_bundle")
            }
        }
    }

    func clearCache() {
        do { try cache.clear() } catch { problem = Problem(error, otherwise: "error_engine") }
        cacheBytes = cache.bytes
        forget()
    }

    /// Lets go of the engines: the next photo gets new ones.
    private func forget() {
        let left = chain
        (bundle, chain) = (nil, nil)
        Task { await left?.unload() }
        let first = EngineOrder.of(
            asked: settings.engine, strict: settings.strict, precision: settings.precision, held: [])
        chip = Chip(choice: first[0], thermal: Phone.thermal)
    }

    private func saw(_ choice: EngineChoice, _ life: EngineLife) {
        (chip.choice, chip.life) = (choice, life)
    }

    private func watchThermal() {
        Task { [weak self] in
            let changes = NotificationCenter.default.notifications(named: ProcessInfo.thermalStateDidChangeNotification)
            for await _ in changes.map({ _ in () }) { self?.chip.thermal = Phone.thermal }
        }
    }
}

/// Copies a bundle and verifies the copy. Its name in `folder`. Throws BundleError.
private func taken(_ file: URL, to folder: URL) throws -> String {
    let files = FileManager.default
    let isSecured = file.startAccessingSecurityScopedResource()
    defer { if isSecured { file.stopAccessingSecurityScopedResource() } }
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    let copy = folder.appendingPathComponent("\(UUID().uuidString).zip")
    try files.copyItem(at: file, to: copy)
    do {
        _ = try ModelBundle.open(copy.path)
    } catch {
        try? files.removeItem(at: copy)
        throw error
    }
    for name in try files.contentsOfDirectory(atPath: folder.path) where name != copy.lastPathComponent {
        try? files.removeItem(at: folder.appendingPathComponent(name))
    }
    return copy.lastPathComponent
}
