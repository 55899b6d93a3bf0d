/// Vectors of codes, int8 ends, blends, strength and change, replayed (CONTRACT C, G6, M, R5, R6).
import XCTest

@testable import AMIRNetRuntime

final class ContractPixelsTests: XCTestCase {
    func testCode() throws {
        try replay("codes", "code") { given, expected in
            let soft = given["soft_code"].isNull ? nil : given["soft_code"].doubles
            let code = try treeNamed(given["tree"].string).codeFor(given["node"].int, soft: soft)
            XCTAssertEqual(code, expected["code"].floats)
        }
    }

    func testInt8Code() throws {
        try replay("codes", "int8_code") { given, expected in
            let integers = codeBytes(given["code"].floats, given["code_steps"].int)
            XCTAssertEqual(integers, expected["uint8"].levels)
            XCTAssertEqual(signed(integers), expected["int8"].ints.map { Int8($0) })
        }
    }

    func testInt8Pixels() throws {
        try replay("codes", "int8_pixels") { given, expected in
            let levels = try content(given["levels"])
            XCTAssertEqual(signed(levels), try content(expected["int8"]).map { Int8(bitPattern: $0) })
            XCTAssertEqual(unsigned(signed(levels)), levels)
            let gray = Pixels(height: 1, width: levels.count, bytes: levels.flatMap { [$0, $0, $0] })
            XCTAssertEqual(realPixels(.levels(gray)).values, expected["numbers"].floats.flatMap { [$0, $0, $0] })
            XCTAssertEqual(levels.map { Int(fixedPoint($0)) }, expected["fixed_point"].ints)
        }
    }

    func testWeights() throws {
        try replay("blends", "weights") { given, expected in
            let axis = Axis(core: given["core"].int, padded: given["padded"].int, positions: [])
            let found = axisWeights(axis, given["begins"].int, given["overlap"].int)
            XCTAssertEqual(found.map { Int($0) }, expected["weights"].ints)
        }
    }

    func testLevel() throws {
        try replay("blends", "level") { given, expected in
            let (numbers, weights) = (given["numbers"].floats, given["weights"].ints.map { Int64($0) })
            let q = numbers.map { fixedPoint($0) }
            XCTAssertEqual(q.map { Int($0) }, expected["fixed_point"].ints)
            let total = zip(weights, q).map { $0 * $1 }.reduce(0, +)
            XCTAssertEqual(Int(rounded(total, weights.reduce(0, +))), expected["level"].int)
            if numbers.count == 1 { XCTAssertEqual(Int(loneLevel(numbers[0])), expected["level"].int) }
        }
    }

    func testBlended() throws {
        try replay("blends", "photo") { given, expected in
            let plan = try planOf(given["plan"])
            let cores = try given["cores"].items.map(answer)
            let photo = try blended(plan, cores)
            XCTAssertEqual(photo, try pixels(expected["photo"]))
        }
    }

    func testStrength() throws {
        try replay("changes", "strength") { given, expected in
            let (photo, restored) = (inGray(given["photo"].levels), inGray(given["restored"].levels))
            let parts = partsOf(given["strength"].double)
            XCTAssertEqual(parts, expected["parts"].int)
            XCTAssertEqual(mixed(photo, restored, parts), inGray(expected["result"].levels))
        }
    }

    func testChange() throws {
        try replay("changes", "change") { given, expected in
            let (photo, result) = (given["photo"].levels, given["result"].levels)
            let count = photo.count / 3
            var change = Change()
            change.add(
                Pixels(height: 1, width: count, bytes: photo), Pixels(height: 1, width: count, bytes: result),
                gray: given["gray"].bool, visible: given["alpha"].isNull ? nil : given["alpha"].ints.map { $0 > 0 })
            XCTAssertEqual(Int(change.squares), expected["squares"].int)
            XCTAssertEqual(Int(change.numbers), expected["numbers"].int)
        }
    }

    func testLeftAlone() throws {
        try replay("changes", "left_alone") { given, expected in
            let change = Change(squares: Int64(given["squares"].int), numbers: Int64(given["numbers"].int))
            XCTAssertEqual(change.psnr, expected["change_psnr"].double, accuracy: 1e-9)
            XCTAssertEqual(change.psnr >= LEFT_ALONE, expected["left_alone"].bool)
        }
    }

    private func inGray(_ levels: [UInt8]) -> Pixels {
        Pixels(height: 1, width: levels.count, bytes: levels.flatMap { [$0, $0, $0] })
    }
}

/// What a blender makes of the cores of a plan.
func blended(_ plan: TilePlan, _ cores: [Answer]) throws -> Pixels {
    var photo = Pixels(height: plan.height, width: plan.width, level: 7)
    let canvas = Canvas(photo)
    var blender = Blender(plan) { canvas.put($0, $1, $2) }
    XCTAssertEqual(plan.count, cores.count)
    for (tile, core) in zip(plan.tiles, cores) { try blender.add(tile, core) }
    photo = canvas.photo
    return photo
}
