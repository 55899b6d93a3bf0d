/// The restore screen's states, and what leads from one to another. An event that a state has no use for, such as the
/// progress of a job that was cancelled, changes nothing.
import AMIRNetRuntime

public enum RestoreStage: Sendable, Equatable {
    /// No photo yet. `cancelled`: one was, and its job was cancelled.
    case choosing(cancelled: Bool)
    case opening
    /// The engine gets ready and the encoder looks at the photo.
    case looking
    case restoring
    /// The user cancelled; the tile at hand is waited for.
    case cancelling
    /// The result is on the screen.
    case done(SaveStage)
    /// The app or its time in the background ended first; the photo is kept.
    case interrupted
    case failed(Problem)
}

public enum SaveStage: Sendable, Equatable {
    case unsaved
    case saving
    case saved(SaveReport)
    /// The result is still there to be saved again.
    case failed(Problem)
}

public enum RestoreEvent: Sendable {
    case chose
    case opened
    case progress(TileProgress, at: Double)
    case cancel
    case ended
    case finished
    case failed(Problem)
    case interrupted
    case again
    case another
    case save
    case saved(SaveReport)
    case saveFailed(Problem)
}

public struct RestoreState: Sendable, Equatable {
    public private(set) var stage = RestoreStage.choosing(cancelled: false)
    public private(set) var progress: TileProgress?
    /// 0...1; it never goes back, also where a smaller tile begins anew.
    public private(set) var fraction = 0.0
    public private(set) var timeLeft = TimeLeft()
    /// A result is still there while the photo is restored again with other choices: cancelling gives it back.
    private var hasResult = false

    public init() {}

    /// After a start: a photo that was being restored when the app ended is still there.
    public init(interrupted: Bool) {
        if interrupted { stage = .interrupted }
    }

    public var isBusy: Bool {
        switch stage {
        case .opening, .looking, .restoring, .cancelling, .done(.saving): true
        default: false
        }
    }

    public var canCancel: Bool { [.opening, .looking, .restoring].contains(stage) }

    public mutating func apply(_ event: RestoreEvent) {
        switch (event, stage) {
        case (.chose, _) where !isBusy: begin(.opening)
        case (.again, .interrupted), (.again, .failed): begin(.opening)
        case (.again, .done) where !isBusy:
            begin(.opening)
            hasResult = true
        case (.another, _) where !isBusy: begin(.choosing(cancelled: false))
        case (.opened, .opening): stage = .looking
        case (.progress(let progress, let seconds), .looking), (.progress(let progress, let seconds), .restoring):
            stage = .restoring
            self.progress = progress
            fraction = max(fraction, progress.fraction)
            timeLeft.add(done: progress.done, total: progress.total, at: seconds)
        case (.cancel, _) where canCancel: stage = .cancelling
        case (.ended, .cancelling), (.failed, .cancelling):
            begin(hasResult ? .done(.unsaved) : .choosing(cancelled: true))
        // Whoever cancels while the last tile is blended gets the result: it is there.
        case (.finished, .looking), (.finished, .restoring), (.finished, .cancelling):
            (stage, fraction) = (.done(.unsaved), 1)
        case (.failed(let problem), _) where canCancel: stage = .failed(problem)
        case (.interrupted, _) where canCancel: stage = .interrupted
        default: applySaving(event)
        }
    }

    private mutating func applySaving(_ event: RestoreEvent) {
        switch (event, stage) {
        case (.save, .done(.unsaved)), (.save, .done(.failed)): stage = .done(.saving)
        case (.saved(let report), .done(.saving)): stage = .done(.saved(report))
        case (.saveFailed(let problem), .done(.saving)): stage = .done(.failed(problem))
        default: break
        }
    }

    /// Other choices were made: what was saved is no longer what is shown.
    public mutating func changed() {
        if case .done(let saving) = stage, saving != .saving { stage = .done(.unsaved) }
    }

    private mutating func begin(_ first: RestoreStage) {
        self = RestoreState()
        stage = first
    }

    /// What the progress says, line by line.
    public var lines: [Words] {
        switch stage {
        case .choosing(let cancelled): cancelled ? [Words("progress_cancelled")] : []
        case .opening: [Words("progress_opening")]
        case .looking: [Words("progress_looking")]
        case .restoring: tileLines
        case .cancelling: [Words("progress_cancelling")]
        case .interrupted: [Words("progress_interrupted")]
        case .done, .failed: []
        }
    }

    /// For those who hear the screen.
    public var described: Words { Words("progress_described", .number(Int(fraction * 100))) }

    private var tileLines: [Words] {
        guard let progress else { return [] }
        return [Words("progress_tiles", .number(progress.done), .number(progress.total)), timeLeft.words]
    }
}
