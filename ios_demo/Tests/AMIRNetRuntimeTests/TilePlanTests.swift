/// Tile plans of any size (CONTRACT L, S1).
import XCTest

@testable import AMIRNetRuntime

final class TilePlanTests: XCTestCase {
    func testCoresCoverEveryPixelAndAreAligned() throws {
        try forPlans(400) { plan in
            for (axis, length) in [(plan.horizontal, plan.width), (plan.vertical, plan.height)] {
                XCTAssertEqual(axis.positions, axis.positions.sorted())
                XCTAssertEqual(axis.positions[0], 0)
                XCTAssertTrue(axis.positions.allSatisfy { $0 % plan.alignment == 0 && $0 < length })
                XCTAssertEqual(axis.positions.last! + axis.core, axis.padded)
                XCTAssertGreaterThanOrEqual(axis.padded, length)
                XCTAssertLessThanOrEqual(axis.core, plan.size - 2 * plan.halo)
                for (one, next) in zip(axis.positions, axis.positions.dropFirst()) {
                    XCTAssertLessThanOrEqual(next, one + axis.core)
                }
            }
        }
    }

    func testIterationIsRowByRowAndComplete() throws {
        try forPlans(100) { plan in
            let tiles = plan.tiles
            XCTAssertEqual(tiles.map(\.index), Array(0..<plan.count))
            XCTAssertEqual(Set(tiles.map { [$0.x, $0.y, $0.column, $0.row] }).count, plan.count)
            for (one, next) in zip(tiles, tiles.dropFirst()) {
                XCTAssertTrue((one.row, one.column) < (next.row, next.column))
            }
        }
    }

    func testAPhotoThatFitsIsOneSmallTile() throws {
        let plan = try TilePlan(150, 60, size: 352, halo: 48, overlap: 16, alignment: 4)
        XCTAssertEqual([plan.count, plan.horizontal.core, plan.vertical.core], [1, 152, 60])
    }

    func testAFixedGraphGetsFullTiles() throws {
        let plan = try TilePlan(257, 20, size: 352, halo: 48, overlap: 16, alignment: 4, flexible: false)
        XCTAssertTrue(plan.tiles.allSatisfy { $0.width == 256 && $0.height == 256 })
    }

    func testAPhotoWithoutPixelsIsRefused() {
        for (width, height) in [(0, 5), (5, 0), (-1, 5)] {
            XCTAssertThrowsError(try TilePlan(width, height, size: 56, halo: 12, overlap: 6, alignment: 4)) {
                XCTAssertTrue("\($0)".contains("has no pixels"))
            }
        }
    }

    func testTwelveMegapixelsTake300MegabytesAnd108Take600() throws {
        let engine = EngineMemory(runtime: 100_000_000, tilePixel: 340)
        for (width, height, most) in [(4000, 3000, 300_000_000), (12_000, 9000, 600_000_000)] {
            let plan = try TilePlan(width, height, size: 616, halo: 44, overlap: 16, alignment: 4)
            let size = try preferredSize(plan, 344, engine)
            let taken = try peak(plan.with(size: size), PixelCost(most: 4, held: 4), engine)
            XCTAssertLessThanOrEqual(taken, most)
        }
    }

    func testWhatATileRowReadsNeverMovesUp() throws {
        try forPlans(200) { plan in
            let spans = plan.vertical.positions.indices.map { rowSpan(plan, $0) }
            for (one, next) in zip(spans, spans.dropFirst()) {
                XCTAssertLessThanOrEqual(one.lowerBound, next.lowerBound)
                XCTAssertLessThanOrEqual(one.upperBound, next.upperBound)
            }
        }
    }

    func testTilesAreCutFromRowsThatWereNotOverwritten() throws {
        try forPlans(60, most: 120) { plan in
            let photo = noise(plan.height, plan.width)
            let canvas = Canvas(photo)  // its rows are overwritten as they become final
            var window = InputWindow(plan) { canvas.photo.block($0, 0, $1 - $0, plan.width) }
            var blender = Blender(plan) { top, left, levels in
                canvas.put(top, left, Pixels(height: levels.height, width: levels.width, level: 77))
            }
            for tile in plan.tiles {
                if tile.column == 0 { try window.step(tile.row) }
                let (side, halo) = (2 * plan.halo, plan.halo)
                let wanted = crop(photo, tile.x - halo, tile.y - halo, tile.width + side, tile.height + side)
                XCTAssertEqual(window.crop(tile), wanted)
                try blender.add(tile, .levels(Pixels(height: tile.height, width: tile.width)))
            }
            XCTAssertEqual(canvas.photo, Pixels(height: plan.height, width: plan.width, level: 77))
        }
    }
}

/// Plans of sizes that look like chance.
func forPlans(_ count: UInt64, most: Int = 700, _ body: (TilePlan) throws -> Void) throws {
    for seed in 0..<count {
        var random = Random(seed: seed)
        let alignment = [1, 2, 4, 8][random.below(4)]
        let halo = alignment * random.below(6)
        let size = 2 * halo + alignment * (1 + random.below(20))
        let (width, height) = (1 + random.below(most), 1 + random.below(most))
        let overlap = random.below(30)
        try body(
            TilePlan(
                width, height, size: size, halo: halo, overlap: overlap, alignment: alignment,
                flexible: random.below(2) == 0))
    }
}
