/// Blending against the formula of the contract, pixel by pixel (CONTRACT M).
import XCTest

@testable import AMIRNetRuntime

private let PLANS = [
    (11, 9, 8, 0, 2, 1, true), (37, 30, 24, 4, 6, 4, true), (64, 70, 28, 12, 0, 4, false), (30, 30, 28, 12, 6, 4, true),
    (1, 100, 56, 12, 6, 4, true), (100, 1, 56, 12, 6, 4, false), (33, 33, 28, 12, 6, 4, false),
    (90, 40, 40, 4, 16, 2, true),
]

final class BlenderTests: XCTestCase {
    func testBlendEqualsTheFormula() throws {
        for (place, plan) in try plans().enumerated() {
            for isFloat in [true, false] {
                let cores = plan.tiles.map { core(of: $0, UInt64(place * 1000 + $0.index), isFloat) }
                XCTAssertEqual(try blended(plan, cores), formula(plan, cores), "plan \(place), float \(isFloat)")
            }
        }
    }

    func testWhatOneCoreAloneHoldsIsRoundedAsSumsAre() {
        var random = Random(seed: 3)
        let edges: [Float] = [0, -0.0, 1, -1, 2, .infinity, -.infinity, 0.5, 0.00195, 0.001961, .leastNonzeroMagnitude]
        let others = (0..<100_000).map { _ in Float(random.below(1 << 24)) / Float(1 << 24) }
        let halves = (0..<255).flatMap { level in
            let half = (Float(level) + 0.5) / 255
            return [half.nextDown, half, half.nextUp]
        }
        for number in edges + others + halves {
            XCTAssertEqual(loneLevel(number), rounded(fixedPoint(number), 1), "\(number)")
        }
    }

    func testTilesOfOnePhotoGiveThatPhotoBack() throws {
        for plan in try plans() {
            let photo = noise(plan.height, plan.width)
            let cores = plan.tiles.map { tile in
                Answer.levels(crop(photo, tile.x, tile.y, tile.width, tile.height))
            }
            XCTAssertEqual(try blended(plan, cores), photo)
        }
    }

    func testFixedPointRoundsHalvesUpAndClamps() {
        XCTAssertEqual(
            [-1, 0, 0.5, 1, 3, .infinity, -.infinity].map { fixedPoint(Float($0)) },
            [0, 0, 32640, 65280, 65280, 65280, 0])
        XCTAssertEqual(fixedPoint(UInt8(200)), 51200)
    }

    func testNanNamesTheTile() throws {
        let plan = try TilePlan(40, 20, size: 24, halo: 4, overlap: 2, alignment: 4)
        let tile = plan.tiles[0]
        var values = [Float](repeating: 0.5, count: tile.width * tile.height * 3)
        values[7] = .nan
        var blender = Blender(plan) { _, _, _ in }
        let core = Answer.numbers(Floats(height: tile.height, width: tile.width, values: values))
        XCTAssertThrowsError(try blender.add(tile, core)) { error in
            XCTAssertTrue(error is TileError && "\(error)".contains("tile 0 at (0, 0)"), "\(error)")
        }
    }

    func testATileOutOfOrderOrOfTheWrongShapeIsRefused() throws {
        let plan = try TilePlan(40, 20, size: 24, halo: 4, overlap: 2, alignment: 4)
        var blender = Blender(plan) { _, _, _ in }
        let tile = plan.tiles[0]
        XCTAssertThrowsError(try blender.add(plan.tiles[1], .levels(Pixels(height: tile.height, width: tile.width)))) {
            XCTAssertTrue("\($0)".contains("in plan order"))
        }
        XCTAssertThrowsError(try blender.add(tile, .levels(Pixels(height: tile.height, width: tile.width + 1)))) {
            XCTAssertTrue($0 is TileError)
        }
    }

    private func plans() throws -> [TilePlan] {
        try PLANS.map {
            try TilePlan($0.0, $0.1, size: $0.2, halo: $0.3, overlap: $0.4, alignment: $0.5, flexible: $0.6)
        }
    }

    private func core(of tile: Tile, _ seed: UInt64, _ isFloat: Bool) -> Answer {
        let levels = noise(tile.height, tile.width, seed: seed)
        if !isFloat { return .levels(levels) }
        let values = levels.bytes.map { Float($0) / 200 - 0.1 }
        return .numbers(Floats(height: tile.height, width: tile.width, values: values))
    }

    /// M1 to M4 as they are written, with buffers as large as the photo.
    private func formula(_ plan: TilePlan, _ cores: [Answer]) -> Pixels {
        var photo = Pixels(height: plan.height, width: plan.width)
        for y in 0..<plan.height {
            for x in 0..<plan.width {
                for channel in 0..<3 {
                    var (acc, wsum) = (0, 0)
                    for (tile, core) in zip(plan.tiles, cores) {
                        let (dx, dy) = (x - tile.x, y - tile.y)
                        guard (0..<tile.width).contains(dx), (0..<tile.height).contains(dy) else { continue }
                        let weight =
                            self.weight(plan.horizontal, tile.x, dx, plan.shared)
                            * self.weight(plan.vertical, tile.y, dy, plan.shared)
                        let place = (dy * tile.width + dx) * 3 + channel
                        acc += weight * q(core, place)
                        wsum += weight
                    }
                    photo.bytes[(y * plan.width + x) * 3 + channel] = UInt8((2 * acc + 256 * wsum) / (512 * wsum))
                }
            }
        }
        return photo
    }

    private func weight(_ axis: Axis, _ begins: Int, _ d: Int, _ o: Int) -> Int {
        let left = begins == 0 ? o + 1 : min(o + 1, d + 1)
        let right = begins + axis.core == axis.padded ? o + 1 : min(o + 1, axis.core - d)
        return min(left, right)
    }

    private func q(_ core: Answer, _ place: Int) -> Int {
        switch core {
        case .levels(let pixels): 256 * Int(pixels.bytes[place])
        case .numbers(let floats): Int((min(max(Double(floats.values[place]), 0), 1) * 65280 + 0.5).rounded(.down))
        }
    }
}
