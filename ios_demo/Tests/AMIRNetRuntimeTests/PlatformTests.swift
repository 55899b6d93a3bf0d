/// What Foundation lacks on some platforms, and this package has of its own: SHA-256, zips, strict JSON (CONTRACT B4).
import XCTest

@testable import AMIRNetRuntime

final class PlatformTests: XCTestCase {
    func testSha256IsTheStandards() {
        XCTAssertEqual(sha256([]), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        XCTAssertEqual(
            sha256(Array("abc".utf8)), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        XCTAssertEqual(
            sha256([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    func testSha256InPiecesIsThatOfTheWhole() {
        let bytes = noise(10, 21).bytes
        for piece in [1, 7, 55, 56, 63, 64, 65, 300] {
            var digest = Sha256()
            for start in stride(from: 0, to: bytes.count, by: piece) {
                digest.update(Array(bytes[start..<min(start + piece, bytes.count)]))
            }
            XCTAssertEqual(digest.finish(), sha256(bytes))
        }
    }

    func testADeflatedStreamOfEachKindIsUnpacked() throws {
        let wanted = payload()
        XCTAssertEqual(crc32(wanted), 4211230208)
        for packed in [DYNAMIC, FIXED] {
            XCTAssertEqual(try inflated(bytes(packed)[...], most: wanted.count + 1), wanted)
        }
        let stored: [UInt8] = [1, 3, 0, 252, 255, 7, 8, 9]
        XCTAssertEqual(try inflated(stored[...], most: 10), [7, 8, 9])
    }

    func testNothingIsUnpackedBeyondTheLimit() throws {
        let wanted = payload()
        for most in [0, 1, 599, 601, 650, wanted.count] {
            XCTAssertEqual(try inflated(bytes(DYNAMIC)[...], most: most), Array(wanted[..<most]))
        }
    }

    func testADamagedStreamIsRefusedOrGivesOtherBytes() {
        var random = Random(seed: 5)
        for original in [bytes(DYNAMIC), bytes(FIXED)] {
            for length in 0..<original.count {
                XCTAssertThrowsError(try inflated(original[..<length], most: 10_000), "cut after \(length)")
            }
            for _ in 0..<3000 {
                var packed = original
                packed[random.below(packed.count)] ^= UInt8(1 << random.below(8))
                let found = try? inflated(packed[...], most: 10_000)
                XCTAssertLessThanOrEqual(found?.count ?? 0, 10_000)
            }
        }
    }

    func testWhatIsNoJsonIsRefused() {
        let wrong = [
            "", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "01", "-", "1.", ".5", "1e", "+1", "NaN", "Infinity", "tru",
            "\"a", "\"\\x\"", "\"\\u12\"", "\"\t\"", "1 2", "[1}", "{\"a\":1,\"a\":2}", "1e999", "\u{feff}1", "'a'",
        ]
        for text in wrong { XCTAssertThrowsError(try readJson(Array(text.utf8), depth: 9), text) }
        XCTAssertThrowsError(try readJson([0x22, 0xff, 0x22], depth: 9))
        XCTAssertThrowsError(try readJson(Array("[[[1]]]".utf8), depth: 2))
    }

    func testJsonIsReadAsItIsWritten() throws {
        let text = " { \"a\" : [1, -0, 2.5, 1e2, true, false, null, {}], \"b\": \"x\\n\\u00e9\\ud83d\\ude00/\" } "
        let found = try readJson(Array(text.utf8), depth: 3)
        let numbers: [JsonValue] = [.integer(1), .integer(0), .number(2.5), .number(100)]
        let rest: [JsonValue] = [.boolean(true), .boolean(false), .null, .object(JsonObject())]
        XCTAssertEqual(found["a"], .list(numbers + rest))
        XCTAssertEqual(found["b"].string, "x\n\u{e9}\u{1f600}/")
        XCTAssertEqual(try readJson(Array("12345678901234567890".utf8), depth: 1), .hugeInteger)
    }

    /// Two ways to write one letter are two keys: Swift's own texts would be equal.
    func testKeysAreComparedByteByByte() throws {
        let found = try readJson(Array("{\"\u{e9}\": 1, \"e\u{301}\": 2}".utf8), depth: 1)
        XCTAssertEqual(found["\u{e9}"].int, 1)
        XCTAssertEqual(found["e\u{301}"].int, 2)
    }

    /// CONTRACT N3: a product and a sum that are fused would give what is left of the product.
    func testProductsAndSumsAreRoundedEachByItself() {
        let number = 1 + Double.ulpOfOne * 3
        let layer = Layer(weights: [[number]], bias: [-(number * number)])
        XCTAssertEqual(layer([number]), [0])
        XCTAssertNotEqual((-(number * number)).addingProduct(number, number), 0)
    }

    private func payload() -> [UInt8] {
        var found: [UInt8] = []
        for i in 0..<600 {
            let more = i % 5 == 0 ? 40 : 0
            found.append(UInt8((i * i * 7 + i / 3) % 61 + more))
        }
        return found + Array([String](repeating: "the same again, ", count: 40).joined().utf8)
    }

    private func bytes(_ digits: String) -> [UInt8] {
        let digits = Array(digits)
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0...($0 + 1)]), radix: 16)! }
    }

    /// `payload` by zlib, with codes of its own.
    private let DYNAMIC = """
        edd25d6f9a501c80710c222f1a880a413c88049440783b20e180d0acabae33b65b34adad7666d574cdb68bed66fbfed9ff53ecaa\
        97cfed2f8fcbea74f655705565554e74eb5997baa61bb8a978f413d65d208f9f3d143d123db1ae36f8dc0c5d9c44b6535c09bc12\
        2f6494a833d1a8836dd62df0b38827d3a342d7c2ba4d73c88de3c6286d498e14f27a1deee603a68e0d8654241a8fbc3876317767\
        5aa9ec539da984458b2bce1d4f95af7353d5f7728b550ee3a15ddd6806ee87cd6ea8557aaa4973bb354b3cd4a2d8259de5c24655\
        ccf256b7884eba26156c5231f30fac8bd0969f45c59c4429bbd1064e73e7623eba718aa1902831921789da16afebc0cbca021371\
        3f99668a5f0b56dbe710153f3646428b3812c32feb309c5f32356b84a492a28f238f8d3798f3cd752ad35436953871cd156567ab\
        ca46be52752c47ac928cafeccad6ae719f6996a1d6d79f34a96747b3a481220ab48f39685f98a0bd26a0bda2403bcf407b8340fb\
        4b04da0f29685f3aa0bde741fb3404ed4704daefdaa07def81f69e80f6a70cb4530bb41714687f10409b30a0bd0b41fb1b0bda2f\
        12686f59d0c63e68d73468130eb44f2568d706682f31685f24a0fd628376c580f6fb3e68931e681f1aa01dc324790a9398679884\
        2c6112ea1e26c9ee6012b48049a2134c92c6308913c024fcdf1fafe69ff3af57f3fcfdfcf37760bef55bffcffe07
        """
    /// The same with the codes that every reader knows.
    private let FIXED = """
        d36097613689e3d21017f5b05491518a97e11754d0d0d130e28bd13664d77096d6e4340eb31032d78b62d79094f063d1d53030d4\
        5356b370e2e214d5771691361437e693b3d1093411b43088e73350518d1165b6e1f2e266e690d6d0d767943562e357e3d7e594b1\
        d10db59260b5d1976335b736d79397d5d4d7d730e00856503212d166e051e537e053e2b048e4d11417713353109789106163178d\
        949752b6f696943310d66511d495b4963192e4b752663336d49466636077613631e30a101755b0f49151329731175460d00930e2\
        33d18e64d790960ee434d6b3b032d733620f9094506309d530e0d4f356b390e23214d59716713614e7e673b3d1d134b1b43030e7\
        8b50513511d5b6e152e2d6e69066d00f6794e5623357e367e574b1d1d5b57260b56197d335b7e6d77397d564d70f30e0d056f032\
        1261663051e5e7e0f3e2b0b0e40914179133f310973110d1631735947752b656967433106665b1d49514968992e41752d6333664\
        94d6630086768c1930b46d1580a1ed650e0c6d0f0660689b9900433b401a18dad17ac0d00e330286b6831a30b4233881a19d2005\
        0ced70696068db7303433b441318da11e6c0d0f6350186b6911230b49d1980a1edca050c6d7356606887ea02433b851d18dac9fc\
        c0d00e640786b6813630b46d9881a16dce010ced044b6068dbc80143dbc50018dab686c0d04e560686b6352b30b41d8581a16d2e\
        040ced48466068eb031389991130912824021389b90b3091308400138949303091483b0313895e02309118e90313899a0e309170\
        9664a42a1427e6a62a24a62766e6e9288cf247f9f4e40300
        """
}
