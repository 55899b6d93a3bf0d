/// Saving the result that is on the screen.
import AMIRNetApp
import AMIRNetRuntime
import Foundation

extension RestoreModel {
    func save() {
        guard let finished else { return }
        apply(.save)
        let (parts, keepsPlace) = (choices.parts, room.settings.keepsPlace)
        Task {
            do {
                let (file, report) = try await written(finished, parts: parts, keepsPlace: keepsPlace)
                savedFile = file
                try await PhotoLibrary.add(file, name: report.name)
                apply(.saved(report))
            } catch {
                apply(.saveFailed(Problem(error, otherwise: "error_output")))
            }
        }
    }
}

/// Written to a folder of the app's own, away from the screen's actor; an older result of it is swept.
private nonisolated func written(
    _ finished: Finished, parts: Int, keepsPlace: Bool
) async throws -> (URL, SaveReport) {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("result", isDirectory: true)
    try? FileManager.default.removeItem(at: folder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let light = finished.restored.diagnosis.light
    let plan = SavePlan(
        finished.header.facts, keepsPlace: keepsPlace, brightened: light.map { !$0.isIdentity } ?? false, parts: parts)
    let file = try await PhotoWriter.write(finished.buffer, finished.header, plan, parts: parts, folder: folder)
    return (file, plan.report)
}
