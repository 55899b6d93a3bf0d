/// How warm the phone is, in the words that a benchmark's JSON has on every platform.

public enum Thermal: String, Sendable, Codable, CaseIterable {
    case none
    case light
    /// No phone of Apple's tells it: it stands between two that it does tell.
    case moderate
    case severe
    case critical
    case unknown

    /// Of ProcessInfo.ThermalState's raw values: 0 nominal, 1 fair, 2 serious, 3 critical.
    public init(processState: Int) {
        let states: [Thermal] = [.none, .light, .severe, .critical]
        self = states.indices.contains(processState) ? states[processState] : .unknown
    }

    /// The system slows the phone down: Apple's "serious" is where it begins to.
    public var isThrottled: Bool { self == .severe || self == .critical }

    public var words: Words { Words("thermal_\(rawValue)") }
}
