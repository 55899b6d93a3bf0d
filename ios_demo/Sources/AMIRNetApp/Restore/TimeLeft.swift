/// How long a restore still takes, by the tiles it has done. Older tiles weigh less, so that a phone that slows down by
/// heat is believed soon; nothing is said before three tiles are done.

public struct TimeLeft: Sendable, Equatable {
    private static let WEIGHT = 0.2
    private static let FEWEST = 3

    private var last: Double?
    private var before = 0
    private var each = 0.0
    private var tiles = 0
    /// nil while it is not known.
    public private(set) var seconds: Double?

    public init() {}

    /// `now`: seconds of any clock that never goes back.
    public mutating func add(done: Int, total: Int, at now: Double) {
        if let last, done >= before {
            guard done > before else { return }
            let tile = (now - last) / Double(done - before)
            each = tiles == 0 ? tile : each + TimeLeft.WEIGHT * (tile - each)
            tiles += done - before
            if tiles >= TimeLeft.FEWEST { seconds = Double(total - done) * each }
        } else {  // the first call, or begun again with smaller tiles
            (tiles, seconds) = (0, nil)
        }
        (last, before) = (now, done)
    }

    /// Whole minutes from 90 seconds on, below that steps of five, which read calmly.
    public var words: Words {
        guard let seconds else { return Words("progress_left_unknown") }
        if seconds >= 90 { return Words("progress_left_minutes", .number(Int((seconds / 60).rounded()))) }
        let whole = seconds > 10 ? Int((seconds / 5).rounded()) * 5 : max(1, Int(seconds.rounded(.up)))
        return Words("progress_left_seconds", .number(whole))
    }
}
