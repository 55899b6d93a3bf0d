/// What a benchmark measures, on this phone and one engine.
import AMIRNetApp
import AMIRNetEngines
import AMIRNetRuntime
import Foundation

struct PhoneBench: Bench {
    let model: MeasuredModel
    private let engine: any PhoneEngine
    private let restorer: Restorer
    private let cache: CompileCache
    private let tile: Pixels
    private let code: [Float]

    /// Throws TileError, NodeError.
    init(_ bundle: ModelBundle, _ engine: any PhoneEngine, _ cache: CompileCache) throws {
        (self.engine, self.cache) = (engine, cache)
        restorer = try Restorer(bundle.spec, engine: engine)
        code = try bundle.tree.codeFor(bundle.tree.root.id)
        let photo = BenchmarkPhoto()
        let plan = try restorer.planFor(photo.width, photo.height)
        tile = photo.read(0, plan.size).block(0, 0, plan.size, plan.size)
        model = MeasuredModel(
            name: bundle.manifest.name, identity: bundle.manifest.identity, fingerprint: bundle.fingerprint,
            tileSize: plan.size, halo: plan.halo, photoWidth: photo.width, photoHeight: photo.height,
            photoTiles: plan.count)
    }

    func now() -> Double { ProcessInfo.processInfo.systemUptime }

    func emptyCache() async -> Bool { (try? cache.clear()) != nil }

    func load() async throws { try await engine.load() }

    func unload() async { await engine.unload() }

    func runTile() async throws { _ = try await engine.restore(tile, code: code) }

    func runPhoto() async throws { _ = try await restorer.restoreRows(BenchmarkPhoto()) }

    func thermal() async -> Thermal { Phone.thermal }
}
