/// What becomes of a restore when the app is no longer in front.
import AMIRNetEngines

public enum BackgroundDecision: Sendable, Equatable {
    /// The system runs it on, and shows it to the user.
    case goOn
    /// It runs until the system's short time is used up, and is interrupted then.
    case untilTimeEnds
    /// It is interrupted between two tiles: the system lets no app in the background use the GPU.
    case interrupt
}

public enum BackgroundPolicy {
    /// - Parameters:
    ///   - continued: the system granted continued processing (iOS 26 and later).
    ///   - gpu: it granted the GPU with it.
    public static func decide(accelerator: Accelerator, continued: Bool, gpu: Bool) -> BackgroundDecision {
        if accelerator == .gpu && !(continued && gpu) { return .interrupt }
        return continued ? .goOn : .untilTimeEnds
    }

    /// What is told while it runs in front: only what will come true.
    public static func line(_ decision: BackgroundDecision) -> Words? {
        decision == .goOn ? Words("progress_background") : nil
    }
}
