/// SHA-256 (FIPS 180-4): Foundation has none on every platform that this package runs on.

/// The digest of all bytes, in lower-case hex.
public func sha256(_ bytes: [UInt8]) -> String {
    var digest = Sha256()
    digest.update(bytes)
    return digest.finish()
}

/// The same of bytes that come in pieces.
public struct Sha256: Sendable {
    private var state: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    private var pending: [UInt8] = []
    private var length: UInt64 = 0

    public init() {}

    public mutating func update(_ bytes: [UInt8]) {
        length += UInt64(bytes.count)
        if pending.isEmpty {
            let whole = bytes.count / 64 * 64
            compress(bytes, whole)
            pending = Array(bytes[whole...])
            return
        }
        pending += bytes
        let whole = pending.count / 64 * 64
        compress(pending, whole)
        pending.removeFirst(whole)
    }

    /// In lower-case hex. Nothing may be added afterwards.
    public mutating func finish() -> String {
        let bits = length * 8
        pending.append(0x80)
        while pending.count % 64 != 56 { pending.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) { pending.append(UInt8(truncatingIfNeeded: bits >> shift)) }
        compress(pending, pending.count)
        return hex(state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * $0)) } })
    }

    /// The first `count` bytes, a multiple of 64.
    private mutating func compress(_ bytes: [UInt8], _ count: Int) {
        var w = [UInt32](repeating: 0, count: 64)
        bytes.withUnsafeBufferPointer { bytes in
            ROUNDS.withUnsafeBufferPointer { rounds in
                w.withUnsafeMutableBufferPointer { w in
                    for start in stride(from: 0, to: count, by: 64) { block(bytes, start, rounds, w) }
                }
            }
        }
    }

    @inline(__always)
    private mutating func block(
        _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ rounds: UnsafeBufferPointer<UInt32>,
        _ w: UnsafeMutableBufferPointer<UInt32>
    ) {
        for at in 0..<16 {
            let place = start + 4 * at
            let high = UInt32(bytes[place]) << 24 | UInt32(bytes[place + 1]) << 16
            w[at] = high | UInt32(bytes[place + 2]) << 8 | UInt32(bytes[place + 3])
        }
        for at in 16..<64 {
            let (early, late) = (w[at - 15], w[at - 2])
            let zero = turned(early, 7) ^ turned(early, 18) ^ (early >> 3)
            let one = turned(late, 17) ^ turned(late, 19) ^ (late >> 10)
            w[at] = w[at - 16] &+ zero &+ w[at - 7] &+ one
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for at in 0..<64 {
            let one = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)
            let first = h &+ one &+ ((e & f) ^ (~e & g)) &+ rounds[at] &+ w[at]
            let zero = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)
            let second = zero &+ ((a & b) ^ (a & c) ^ (b & c))
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
        }
        for (at, word) in [a, b, c, d, e, f, g, h].enumerated() { state[at] &+= word }
    }
}

/// Two lower-case digits a byte.
public func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

@inline(__always)
private func turned(_ word: UInt32, _ by: UInt32) -> UInt32 {
    word >> by | word << (32 - by)
}

private let ROUNDS: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
]
