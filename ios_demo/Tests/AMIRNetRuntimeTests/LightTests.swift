/// Light, padding and change in general: what must hold of any numbers (CONTRACT E, P, R5).
import XCTest

@testable import AMIRNetRuntime

final class LightTests: XCTestCase {
    func testPowersArePowers() {
        for step in 1...64 {
            let exponent = Double(step) / 64
            for (level, power) in levelPowers(exponent).enumerated().dropFirst() {
                XCTAssertEqual(power, pow(Double(level) / 255, exponent), accuracy: 1e-14)
            }
        }
    }

    func testNoLightChangesNothing() {
        let photo = noise(9, 7)
        XCTAssertEqual(NO_LIGHT.applied(photo), photo)
        XCTAssertTrue(NO_LIGHT.isIdentity)
        XCTAssertEqual(NO_LIGHT.tables, [[UInt8]](repeating: Array(0...255), count: 3))
    }

    func testTablesNeverFallAndNeverDarken() {
        for seed in 0..<60 {
            var random = Random(seed: UInt64(seed))
            let numbers = (0..<6).map { _ in Double(random.below(1000)) / 50 }
            for table in LightCurve.of(Array(numbers[..<3]), Array(numbers[3...])).tables {
                XCTAssertEqual(table, table.sorted())
                for (level, becomes) in table.enumerated() { XCTAssertGreaterThanOrEqual(Int(becomes), level) }
            }
        }
    }

    func testEachChannelHasItsOwnTable() {
        let curve = LightCurve.of([0, 1, 0], [0, 0, 1])
        let found = curve.applied(Pixels(height: 1, width: 1, level: 50))
        XCTAssertEqual(found.bytes, [50, 100, 113])
    }

    func testNumbersThatAreNoneAreRefused() {
        let hidden = Layer(weights: [[Double](repeating: 1e300, count: 25)], bias: [0])
        let head = LightHead(
            hidden: hidden, output: Layer(weights: [[Double]](repeating: [1e300], count: 6), bias: [0, 0, 0, 0, 0, 0]))
        XCTAssertThrowsError(try head.curve([1], [Double](repeating: 1, count: 24), "toy")) {
            XCTAssertTrue($0 is EngineError)
        }
    }

    func testPickedIsEveryPixelByItsCoordinates() {
        for seed in 0..<100 {
            var random = Random(seed: UInt64(seed))
            let photo = noise(1 + random.below(20), 1 + random.below(20), seed: UInt64(seed))
            let (left, top) = (random.below(60) - 30, random.below(60) - 30)
            let (width, height) = (1 + random.below(40), 1 + random.below(40))
            let found = crop(photo, left, top, width, height)
            let rows = sourceCoordinates(top, top + height, photo.height)
            let columns = sourceCoordinates(left, left + width, photo.width)
            for (y, row) in rows.enumerated() {
                for (x, column) in columns.enumerated() {
                    XCTAssertEqual(found.block(y, x, 1, 1), photo.block(row, column, 1, 1))
                }
            }
        }
    }

    func testPiecesAddUpToTheWhole() {
        for seed in 0..<60 {
            var random = Random(seed: UInt64(seed))
            let (height, width) = (2 + random.below(30), 1 + random.below(300))
            let (seen, restored) = (noise(height, width), noise(height, width, seed: UInt64(seed) + 9))
            let cut = 1 + random.below(height - 1)
            var (whole, pieces) = (Change(), Change())
            whole.add(seen, restored)
            for (top, rows) in [(cut, height - cut), (0, cut)] {
                pieces.add(seen.block(top, 0, rows, width), restored.block(top, 0, rows, width))
            }
            XCTAssertEqual(whole, pieces)
            let wanted = zip(seen.bytes, restored.bytes).reduce(0) { sum, pair in
                sum + (Int64(pair.0) - Int64(pair.1)) * (Int64(pair.0) - Int64(pair.1))
            }
            XCTAssertEqual(whole.squares, wanted)
        }
    }

    func testAGrayPixelKeepsItsBrightness() {
        for level in UInt8.min...UInt8.max { XCTAssertEqual(brightness([level, level, level], 0), Int32(level)) }
    }
}
