/// A restore that goes on while the app is not in front: shown by the system where it can (iOS 26), else for the short
/// time that every app gets.
import AMIRNetApp
import AMIRNetRuntime
@preconcurrency import BackgroundTasks
import Foundation
import UIKit

@MainActor
final class ContinuedWork {
    private var task: BGTask?
    private var identifier = ""
    private var short = UIBackgroundTaskIdentifier.invalid
    /// Called when the system ends it.
    private var expired: (@MainActor () -> Void)?

    /// The system granted it, and shows its progress.
    var isGranted: Bool { task != nil }

    /// Asks the system; to be called while the app is in front, by something that the user did. Whether it is granted
    /// is known a little later.
    func begin(expired: @escaping @MainActor () -> Void) {
        self.expired = expired
        guard #available(iOS 26.0, *) else { return }
        identifier = "\(Bundle.main.bundleIdentifier ?? "").restore.\(UUID().uuidString)"
        let registered = BGTaskScheduler.shared.register(forTaskWithIdentifier: identifier, using: .main) { task in
            MainActor.assumeIsolated { self.adopt(task) }
        }
        guard registered else { return }
        let request = BGContinuedProcessingTaskRequest(
            identifier: identifier, title: say("notification_title"), subtitle: say("progress_looking"))
        request.strategy = .fail  // at once or not at all: the app is in front, and restores in any case
        try? BGTaskScheduler.shared.submit(request)
    }

    func report(_ progress: TileProgress, _ line: String) {
        guard #available(iOS 26.0, *), let task = task as? BGContinuedProcessingTask else { return }
        task.progress.totalUnitCount = Int64(progress.total)
        task.progress.completedUnitCount = Int64(progress.done)
        task.updateTitle(say("notification_title"), subtitle: line)
    }

    /// The app is left, and the system shows nothing: half a minute, as a rule.
    func beginShort() {
        guard short == .invalid else { return }
        short = UIApplication.shared.beginBackgroundTask(withName: "restore") {
            MainActor.assumeIsolated {
                self.expired?()
                self.endShort()
            }
        }
    }

    func endShort() {
        guard short != .invalid else { return }
        UIApplication.shared.endBackgroundTask(short)
        short = .invalid
    }

    func end(success: Bool) {
        endShort()
        task?.setTaskCompleted(success: success)
        if task == nil, #available(iOS 26.0, *), !identifier.isEmpty {
            BGTaskScheduler.shared.cancel(taskRequestWithIdentifier: identifier)
        }
        (task, identifier, expired) = (nil, "", nil)
    }

    private func adopt(_ task: BGTask) {
        guard task.identifier == identifier else {
            task.setTaskCompleted(success: false)  // of a restore that ended before it was granted
            return
        }
        self.task = task
        task.expirationHandler = {
            Task { @MainActor in self.expired?() }
        }
    }
}
