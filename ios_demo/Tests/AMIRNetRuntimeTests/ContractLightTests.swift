/// Vectors of light and transparency, replayed (CONTRACT N2, N4, E1-E6).
import XCTest

@testable import AMIRNetRuntime

final class ContractLightTests: XCTestCase {
    func testFill() throws {
        try replay("transparency", "fill") { given, expected in
            let photo = try pixels(given["photo"])
            let hidden = try content(given["alpha"]).map { $0 == 0 }
            XCTAssertEqual(fillHidden(photo, hidden), try pixels(expected["photo"]))
            let bands = stride(from: 0, to: photo.height, by: BLOCK).map { top in
                let rows = top..<min(top + BLOCK, photo.height)
                let own = Array(hidden[(top * photo.width)..<(rows.upperBound * photo.width)])
                return (top: top, pixels: photo.block(top, 0, rows.count, photo.width), hidden: own)
            }
            let fill = HiddenFill(bands.map { ($0.pixels, $0.hidden) })
            let found = bands.flatMap { fill.band($0.top, $0.pixels, $0.hidden).bytes }
            XCTAssertEqual(found, try pixels(expected["photo"]).bytes)
        }
    }

    func testDeepSamples() throws {
        try replay("transparency", "deep") { given, expected in
            XCTAssertEqual(given["samples"].ints.map { to8Bits(UInt16($0)) }, expected["levels"].levels)
        }
    }

    func testStatistics() throws {
        try replay("lights", "statistics") { given, expected in
            var counts = [[Int64]](repeating: [Int64](repeating: 0, count: 256), count: 3)
            for pair in given["counts"].items.map(\.ints) {
                counts[1][pair[0]] = Int64(pair[1])
                counts[0][0] += Int64(pair[1])
                counts[2][255] += Int64(pair[1])
            }
            let (black, white) = ([Double](repeating: 0, count: 8), [Double](repeating: 1, count: 8))
            XCTAssertEqual(levelStatistics(counts), black + expected["numbers"].doubles + white)
        }
    }

    func testStatisticsOfProbes() throws {
        try replay("lights", "probes") { given, expected in
            XCTAssertEqual(levelStatistics(countLevels(try squares(given["probes"]))), expected["numbers"].doubles)
        }
    }

    func testLayer() throws {
        try replay("lights", "layer") { given, expected in
            let layer = Layer(weights: given["weights"].items.map(\.doubles), bias: given["bias"].doubles)
            XCTAssertEqual(layer(given["numbers"].doubles), expected["sums"].doubles)
        }
    }

    func testHead() throws {
        try replay("lights", "head") { given, expected in
            guard case .object(let light) = given["light"] else { return XCTFail("no light") }
            let code = given["code"].floats
            let head = try lightHead(Fields(values: light, where: "light"), code.count)
            let curve = try head.curve(code, given["numbers"].doubles, "toy")
            XCTAssertEqual(curve.gain, expected["gain"].doubles)
            XCTAssertEqual(curve.bend, expected["bend"].doubles)
        }
    }

    func testCurve() throws {
        try replay("lights", "curve") { given, expected in
            let output = given["output"].doubles
            let curve = LightCurve.of(Array(output[..<3]), Array(output[3...])).scaled(given["times"].double)
            XCTAssertEqual(curve.gain, expected["gain"].doubles)
            XCTAssertEqual(curve.bend, expected["bend"].doubles)
        }
    }

    func testPower() throws {
        try replay("lights", "power") { given, expected in
            XCTAssertEqual(levelPowers(given["exponent"].double)[given["level"].int], expected["power"].double)
        }
    }

    func testTable() throws {
        try replay("lights", "table") { given, expected in
            let (gain, bend) = (given["gain"].double, given["bend"].double)
            for table in LightCurve.of([gain, gain, gain], [bend, bend, bend]).tables {
                XCTAssertEqual(table, expected["table"].levels)
            }
        }
    }

    func testApplied() throws {
        try replay("lights", "applied") { given, expected in
            let lit = LightCurve.of(given["gain"].doubles, given["bend"].doubles).applied(try pixels(given["photo"]))
            XCTAssertEqual(lit, try pixels(expected["photo"]))
        }
    }

    func testTheRuntimeHasTheContractsConstants() throws {
        let stated = try readJson(bytesOf("\(REPOSITORY)/sdk/contract/light.json"), depth: DEPTH)
        XCTAssertEqual(LOG2, stated["log2"].doubles)
        XCTAssertEqual(EXP2, stated["exp2"].doubles)
    }
}
