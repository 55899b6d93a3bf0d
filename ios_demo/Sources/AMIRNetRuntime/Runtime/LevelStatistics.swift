/// How bright a photo is, counted exactly: what its probes' levels say, in every language the same (CONTRACT E1).

/// At these the levels of a channel are taken.
let PERCENTS: [Int64] = [1, 10, 25, 50, 75, 90, 99]
/// How many numbers `levelStatistics` gives: with the mean, eight a channel.
let STATISTICS = 3 * (PERCENTS.count + 1)

/// How often each level occurs in the probes: 256 numbers a channel.
public func countLevels(_ probes: [Pixels]) -> [[Int64]] {
    var counts = [[Int64]](repeating: [Int64](repeating: 0, count: 256), count: 3)
    for probe in probes {
        for (place, level) in probe.bytes.enumerated() { counts[place % 3][Int(level)] += 1 }
    }
    return counts
}

/// 24 numbers in 0...1: of each channel its levels at PERCENTS of the pixels, and its mean (CONTRACT E1).
public func levelStatistics(_ counts: [[Int64]]) -> Doubles {
    counts.flatMap { channel in
        let total = channel.reduce(0, +)
        let levels = PERCENTS.map { percent in
            // The least level at which 100 times the pixels up to it reach so many times all of them.
            var below: Int64 = 0
            let level = channel.firstIndex { count in
                below += count
                return 100 * below >= percent * total
            }
            return Double(level!) / 255
        }
        return levels + [Double(sumOfLevels(channel)) / Double(255 * total)]
    }
}

/// The mean over all channels, 0...255; with `tables`, 256 levels a channel, after the levels are looked up in them.
public func meanLevel(_ counts: [[Int64]], _ tables: [[UInt8]]? = nil) -> Double {
    let sums = counts.enumerated().map { sumOfLevels($1, tables?[$0]) }
    return Double(sums.reduce(0, +)) / Double(counts.joined().reduce(0, +))
}

private func sumOfLevels(_ channel: [Int64], _ table: [UInt8]? = nil) -> Int64 {
    channel.enumerated().reduce(0) { sum, each in
        sum + each.element * (table.map { Int64($0[each.offset]) } ?? Int64(each.offset))
    }
}
