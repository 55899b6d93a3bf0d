/// Vectors of tile plans, streams and memory, replayed (CONTRACT L, M5, S).
import XCTest

@testable import AMIRNetRuntime

final class ContractTilesTests: XCTestCase {
    func testTilePlan() throws {
        try replay("tiles", "plan") { given, expected in
            let plan = try planOf(given)
            let (x, y) = (plan.horizontal, plan.vertical)
            XCTAssertEqual([x.core, y.core], expected["core"].ints)
            XCTAssertEqual([x.padded, y.padded], expected["padded"].ints)
            XCTAssertEqual(x.positions, expected["x"].ints)
            XCTAssertEqual(y.positions, expected["y"].ints)
            XCTAssertEqual(plan.shared, expected["overlap_in_use"].int)
            XCTAssertEqual(plan.count, expected["tiles"].int)
            if plan.count < 5000 {
                let wanted = y.positions.flatMap { top in x.positions.map { [$0, top] } }
                XCTAssertEqual(plan.tiles.map { [$0.x, $0.y] }, wanted)
            }
        }
    }

    func testSizesOfWhichNoPlanCanBeMade() throws {
        try replay("tiles", "wrong") { given, _ in _ = try planOf(given) }
    }

    func testTileSizes() throws {
        try replay("tiles", "sizes") { given, expected in
            let found = tileSizes(
                given["size"].int, given["halo"].int, given["alignment"].int, given["flexible"].bool)
            XCTAssertEqual(found, expected["sizes"].ints)
        }
    }

    func testPreferredSize() throws {
        try replay("tiles", "preferred") { given, expected in
            let found = try preferredSize(planOf(given), given["otherwise"].int, engineMemory(given))
            XCTAssertEqual(found, expected["size"].int)
        }
    }

    func testTheSizeThatIsAskedFor() throws {
        try replay("tiles", "asked") { given, expected in
            let geometry = TileGeometry(
                size: 56, halo: 12, overlap: 6, alignment: 4, radius: 9, flexible: given["flexible"].bool, preferred: 56
            )
            let engine = ToyEngine(fixedTile: given["engine_tile"].isNull ? nil : given["engine_tile"].int)
            let asked = given["tile"].isNull ? nil : given["tile"].int
            let plan = try Restorer(ModelSpec.toy(geometry), engine: engine, tile: asked).planFor(100, 90)
            XCTAssertEqual(plan.size, expected["size"].int)
            XCTAssertEqual(plan.flexible, expected["flexible"].bool)
        }
    }

    func testBands() throws {
        try replay("streams", "bands") { given, expected in
            let plan = try planOf(given)
            XCTAssertEqual(plan.vertical.positions, expected["y"].ints)
            let spans = expected["y"].items.indices.map { rowSpan(plan, $0) }
            XCTAssertEqual(spans.map { [$0.lowerBound, $0.upperBound] }, expected["reads"].items.map(\.ints))
            let canvas = Canvas(Pixels(height: 0, width: 0))
            var (found, final, furthest) = ([[Int]?](), [Int](), 0)
            var blender = Blender(plan) { canvas.seen.append([$0, $1, $2.height, $2.width]) }
            for tile in plan.tiles {
                try blender.add(tile, .levels(Pixels(height: tile.height, width: tile.width)))
                let put = canvas.seen.popLast()
                XCTAssertTrue(canvas.seen.isEmpty)
                if let put { furthest = max(furthest, put[0] + put[2]) }
                found.append(put)
                if tile.column == plan.horizontal.positions.count - 1 { final.append(furthest) }
            }
            XCTAssertEqual(found, expected["rectangles"].items.map { $0.isNull ? nil : $0.ints })
            XCTAssertEqual(final, expected["final"].ints)
        }
    }

    func testEveryRowIsReadOnceAndHeldAsLongAsItIsNeeded() throws {
        try replay("streams", "bands") { given, expected in
            let (plan, canvas) = (try planOf(given), Canvas(Pixels(height: 0, width: 0)))
            var window = InputWindow(plan) { top, bottom in
                canvas.seen += (top..<bottom).map { [$0] }
                let rows = (top..<bottom).flatMap { [UInt8](repeating: UInt8($0 % 256), count: plan.width * 3) }
                return Pixels(height: bottom - top, width: plan.width, bytes: rows)
            }
            for (row, span) in expected["reads"].items.map(\.ints).enumerated() {
                try window.step(row)
                let held = window.block(span[0], 0, span[1] - span[0], 1).bytes
                XCTAssertEqual(held, (span[0]..<span[1]).flatMap { [UInt8](repeating: UInt8($0 % 256), count: 3) })
            }
            XCTAssertEqual(canvas.seen, canvas.seen.indices.map { [$0] })
        }
    }

    func testMemory() throws {
        try replay("streams", "memory") { given, expected in
            let plan = try planOf(given)
            let cost = PixelCost(most: given["bytes_opening"].int, held: given["bytes_held"].int)
            XCTAssertEqual(peak(plan, cost, engineMemory(given)!), expected["bytes"].int)
            let rows = peak(plan, PixelCost(most: 0, held: 0), EngineMemory(runtime: 0, tilePixel: 0))
            let wanted = 3 * expected["held_rows"].int + 24 * expected["shared_rows"].int
            XCTAssertEqual(rows, plan.width * wanted)
            let most = PixelCost(most: 1_000_000_000, held: 0)
            let tile = peak(plan, most, EngineMemory(runtime: 0, tilePixel: 1)) % 1_000_000_000
            XCTAssertEqual(tile, expected["tile_pixels"].int)
        }
    }

    func testSizesWithinALimit() throws {
        try replay("streams", "limit") { given, expected in
            let (plan, engine) = (try planOf(given), ToyEngine(memory: engineMemory(given)))
            let sizes = tileSizes(plan.size, plan.halo, plan.alignment, plan.flexible)
            let found = try sizesWithin(
                given["limit"].int / MEGABYTE, "p.jpg", plan, sizes, engine, PixelCost(most: 4, held: 4))
            XCTAssertEqual(found, expected["sizes"].ints)
        }
    }

    func testTheNextSizeIsTried() throws {
        try replay("streams", "tried") { given, expected in
            let (plan, fails, canvas) = (try planOf(given), given["fails"].ints, Canvas(Pixels(height: 0, width: 0)))
            let sizes = tileSizes(plan.size, plan.halo, plan.alignment, plan.flexible)
            defer { XCTAssertEqual(canvas.seen, expected["tried"].ints.map { [$0] }) }
            let found = try waited {
                try await firstThatFits(sizes) { size in
                    canvas.seen.append([size])
                    if fails.contains(size) { throw OutOfMemoryError("no memory") }
                    return size
                }
            }
            XCTAssertEqual(found, expected["tried"].ints.last)
        }
    }
}

func planOf(_ given: JsonValue) throws -> TilePlan {
    try TilePlan(
        given["width"].int, given["height"].int, size: given["size"].int, halo: given["halo"].int,
        overlap: given["overlap"].int, alignment: given["alignment"].int, flexible: given["flexible"].bool)
}

func engineMemory(_ given: JsonValue) -> EngineMemory? {
    if given["runtime"].isNull { return nil }
    return EngineMemory(runtime: given["runtime"].int, tilePixel: given["tile_pixel"].int)
}
