/// One photo through the engines there are: where one fails, the photo is begun anew with the next, and that is told.
import AMIRNetEngines
import AMIRNetRuntime

public struct RestoreJob: Sendable {
    private let model: ModelSpec
    private let chain: EngineChain

    public init(_ model: ModelSpec, _ chain: EngineChain) {
        (self.model, self.chain) = (model, chain)
    }

    /// - Parameter progress: called with 0 done first; a new engine begins at 0 again.
    /// - Throws: what the runtime does (CONTRACT B7); EngineError of the last engine when all fail; CancellationError
    ///   within one tile.
    public func run(
        _ photo: OpenPhoto, _ options: RestoreOptions, progress: @escaping ReportProgress
    ) async throws -> RestoreResult<PhotoBuffer> {
        var engine = try await chain.ready()
        while true {
            do {
                let restorer = try Restorer(model, engine: engine)
                return try await restorer.restoreRows(try PhotoBuffer(photo), options, progress: progress)
            } catch let error as EngineError where !(error is OutOfMemoryError) {
                engine = try await chain.next(after: error)
            }
        }
    }

    /// The tiles of a photo of that size, for what it takes in memory. Throws TileError, EngineError.
    public func plan(width: Int, height: Int) async throws -> TilePlan {
        try Restorer(model, engine: try await chain.ready()).planFor(width, height)
    }
}
