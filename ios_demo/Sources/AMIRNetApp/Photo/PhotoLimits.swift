/// Which photos this phone can take: what one needs, in bytes, and what there is.
import AMIRNetRuntime

public struct PhotoNeeds: Sendable, Equatable {
    public let memory: Int
    public let storage: Int
}

/// The photo, the network's answer and what is saved lie in files that are mapped; in memory are bands, the rows that
/// the runtime holds (CONTRACT S4), a tile, and what the decoder and the encoder of the system take.
public enum PhotoLimits {
    /// Bytes that 48 megapixels may take above the idle app.
    public static let BUDGET = 300_000_000

    /// A pixel of a tile's input, in bytes: the tensors of the engine and those around it. Core ML's are not measured;
    /// this is the most that an engine of the Python SDK takes (docs/MEMORY.md, LiteRT in float).
    public static let TILE_PIXEL = 900

    /// - Parameter plan: the tiles of the upright photo.
    public static func needs(_ plan: TilePlan) -> PhotoNeeds {
        let engine = EngineMemory(runtime: 0, tilePixel: TILE_PIXEL)
        let restoring = peak(plan, PixelCost(most: 0, held: 0), engine)
        let picture = plan.width * plan.height * MappedPixels.CHANNELS
        // A finished file is at most as large as its pixels, and lies beside them until it is in the library.
        return PhotoNeeds(memory: restoring + 2 * Bands.MOST_BYTES, storage: 4 * picture)
    }

    /// Throws Problem, with the numbers, where the photo does not fit. `memory`, `storage`: bytes that there are.
    public static func check(_ plan: TilePlan, memory: Int, storage: Int) throws {
        let needs = needs(plan)
        if needs.memory <= memory && needs.storage <= storage { return }
        func megabytes(_ bytes: Int) -> Argument { .number((bytes + 999_999) / 1_000_000) }
        throw Problem(
            what: Words(
                "refuse_too_large", .number(plan.width * plan.height / 1_000_000), megabytes(needs.memory),
                megabytes(needs.storage), .number(memory / 1_000_000), .number(storage / 1_000_000)),
            remedy: Words("refuse_too_large_remedy"), details: "")
    }
}
