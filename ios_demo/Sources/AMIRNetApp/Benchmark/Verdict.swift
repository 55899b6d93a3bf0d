/// Whether a benchmark may be quoted, and what speaks against it.
import AMIRNetEngines

/// What a phone was like while it measured.
public struct Conditions: Sendable, Equatable {
    /// Plugged in at any time.
    public var tethered: Bool
    public var batteryPercent: Int?
    public var lowPower: Bool
    public var thermalStart: Thermal
    public var thermalEnd: Thermal
    /// The app was in front all the time.
    public var foreground: Bool
    public var debuggable: Bool

    public init(
        tethered: Bool, batteryPercent: Int?, lowPower: Bool, thermalStart: Thermal, thermalEnd: Thermal,
        foreground: Bool, debuggable: Bool
    ) {
        (self.tethered, self.batteryPercent, self.lowPower) = (tethered, batteryPercent, lowPower)
        (self.thermalStart, self.thermalEnd) = (thermalStart, thermalEnd)
        (self.foreground, self.debuggable) = (foreground, debuggable)
    }
}

/// Why numbers may not be quoted, in the order in which it is told; the words of the JSON.
public enum Reason: String, Sendable, CaseIterable {
    case tethered
    case hotStart = "hot_start"
    case throttled
    case lowPower = "low_power"
    case fewRuns = "few_runs"
    case spread
    case fellBack = "fell_back"
    /// Told, and refuses nothing: the time is true, what ran it is not known.
    case acceleratorUnknown = "accelerator_unknown"
    case background
    case debuggable
    case stopped
}

public struct Verdict: Sendable, Equatable {
    /// Runs of a tile that a median needs.
    public static let FEWEST_RUNS = 30
    /// p90 may be this much of p50.
    public static let MOST_SPREAD = 1.25

    public let reasons: [Reason]
    /// p90 / p50, for the words.
    let spread: Double

    /// - Parameters:
    ///   - asked: the accelerator that was asked for first.
    ///   - ran: where the model is known to have run; nil: the platform does not say.
    ///   - thermalSteady: the hottest state while single runs were measured; under load it may be anything.
    ///   - fellBack: another engine ran than the first that was asked for.
    ///   - stopped: the user ended it early.
    public init(
        _ conditions: Conditions, asked: Accelerator, ran: Accelerator?, steady: Summary, thermalSteady: Thermal,
        fellBack: Bool, stopped: Bool
    ) {
        spread = steady.p90 / steady.p50
        let against: [Reason: Bool] = [
            .tethered: conditions.tethered,
            .hotStart: conditions.thermalStart != .none && conditions.thermalStart != .unknown,
            .throttled: thermalSteady.isThrottled,
            .lowPower: conditions.lowPower,
            .fewRuns: steady.runs < Verdict.FEWEST_RUNS,
            .spread: steady.p90 > Verdict.MOST_SPREAD * steady.p50,
            .fellBack: fellBack || (ran != nil && ran != asked),
            .acceleratorUnknown: ran == nil,
            .background: !conditions.foreground,
            .debuggable: conditions.debuggable,
            .stopped: stopped,
        ]
        reasons = Reason.allCases.filter { against[$0]! }
    }

    public var valid: Bool { reasons.allSatisfy { $0 == .acceleratorUnknown } }

    /// The verdict, then what speaks against it.
    public var lines: [Words] {
        [Words(valid ? "verdict_valid" : "verdict_invalid")]
            + reasons.map { reason in
                let key = "verdict_\(reason.rawValue)"
                switch reason {
                case .fewRuns: return Words(key, .number(Verdict.FEWEST_RUNS))
                case .spread: return Words(key, .decimal(spread, digits: 2))
                default: return Words(key)
                }
            }
    }
}
