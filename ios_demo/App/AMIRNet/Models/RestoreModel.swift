/// The restore screen's model: one photo on its way from the picker to the library.
import AMIRNetApp
import AMIRNetRuntime
import Foundation
import Observation
import PhotosUI
import SwiftUI

/// A restored photo, with all that saving it needs.
struct Finished: Sendable {
    let header: PhotoHeader
    let buffer: PhotoBuffer
    let restored: Restored
    let choices: Choices
}

@MainActor
@Observable
final class RestoreModel {
    private(set) var state: RestoreState
    var choices = Choices() {
        didSet { if choices != oldValue { changed(from: oldValue) } }
    }
    var finished: Finished?
    private(set) var kinds: [String] = []
    let pictures = PictureModel()
    let room: EngineRoom
    private let store: JobStore
    private var record: JobRecord?
    private var task: Task<Void, Never>?
    private let background = ContinuedWork()
    /// What is saved last, to be shared.
    var savedFile: URL?

    init(_ room: EngineRoom) {
        self.room = room
        store = JobStore(URL.applicationSupportDirectory.appendingPathComponent("job", isDirectory: true))
        record = store.unfinished()
        state = RestoreState(interrupted: record != nil)
        choices = record?.choices ?? Choices()
        store.sweep(keeping: record)
    }

    var found: Found? {
        finished.map { Found($0.restored.diagnosis, kind: $0.choices.kind, restored: $0.restored) }
    }

    /// The result at hand is not what the choices ask for.
    var needsRestoring: Bool { finished.map { choices.needRestoring(after: $0.choices) } ?? false }

    func choose(_ item: PhotosPickerItem) {
        begin { try await item.loadTransferable(type: PickedPhoto.self) }
    }

    /// A photo that another app handed over.
    func open(_ file: URL) {
        begin { try PickedPhoto.copied(file) }
    }

    func again() {
        guard let record else { return }
        state.apply(.again)
        run(record)
    }

    /// The same photo with the choices at hand.
    func applyChoices() {
        record?.choices = choices
        again()
    }

    func cancel() {
        state.apply(.cancel)
        task?.cancel()
    }

    func another() {
        state.apply(.another)
        guard case .choosing = state.stage else { return }
        (finished, record, savedFile, choices) = (nil, nil, nil, Choices())
        pictures.clear()
        store.end()
        store.sweep(keeping: nil)
    }

    /// The app comes to the front, or leaves it.
    func sceneChanged(isActive: Bool, isBackground: Bool) {
        if isActive { background.endShort() }
        guard isBackground, state.canCancel else { return }
        let decision = BackgroundPolicy.decide(
            accelerator: room.chip.choice.accelerator, continued: background.isGranted, gpu: false)
        switch decision {
        case .goOn: break
        case .untilTimeEnds: background.beginShort()
        case .interrupt: interrupt()
        }
    }

    /// What is told while a restore runs, of what comes true when the app is left.
    var backgroundLine: Words? {
        BackgroundPolicy.line(
            BackgroundPolicy.decide(
                accelerator: room.chip.choice.accelerator, continued: background.isGranted, gpu: false))
    }

    func apply(_ event: RestoreEvent) {
        state.apply(event)
    }

    private func interrupt() {
        state.apply(.interrupted)
        task?.cancel()
    }

    private func begin(_ pick: @escaping @Sendable () async throws -> PickedPhoto?) {
        guard !state.isBusy else { return }
        state.apply(.chose)
        (finished, savedFile, choices) = (nil, nil, Choices())
        pictures.clear()
        task = Task {
            do {
                guard let picked = try await pick() else { throw ImageError("the photo: none came; choose it again") }
                run(try keep(picked))
            } catch is CancellationError {
                state.apply(.ended)
            } catch {
                state.apply(.failed(Problem(error)))
            }
        }
    }

    /// Moves a photo to where the end of the app does not lose it.
    private func keep(_ picked: PickedPhoto) throws -> JobRecord {
        try Task.checkCancellation()
        let record = JobRecord(photo: picked.file.lastPathComponent, name: picked.name, choices: choices)
        try store.keep(record)
        try FileManager.default.moveItem(at: picked.file, to: store.photo(record))
        store.sweep(keeping: record)
        self.record = record
        return record
    }

    private func run(_ record: JobRecord) {
        background.begin { self.interrupt() }
        task = Task {
            let success = await work(record)
            background.end(success: success)
            await room.look()
        }
    }

    private func work(_ record: JobRecord) async -> Bool {
        do {
            try store.keep(record)
            let (bundle, chain) = try await room.engines()
            kinds = kindsToChoose(bundle.tree)
            let job = RestoreJob(bundle.spec, chain)
            let photo = try await opened(store.photo(record), record, job)
            state.apply(.opened)
            await pictures.open(photo.1)
            let (stream, told) = AsyncStream.makeStream(of: TileProgress.self, bufferingPolicy: .bufferingNewest(1))
            let options = try record.choices.options()
            async let result = restored(job, photo.1, options, told)
            for await progress in stream { saw(progress) }
            let done = try await result
            finished = Finished(header: photo.0, buffer: done.rows, restored: done.restored, choices: record.choices)
            state.apply(.finished)
            store.end()
            await pictures.show(done.rows, done.restored, used: record.choices, wanted: choices)
            return true
        } catch is CancellationError {
            state.apply(.ended)
            if case .choosing = state.stage { store.end() }
        } catch {
            state.apply(.failed(Problem(error)))
            store.end()
        }
        return false
    }

    private func saw(_ progress: TileProgress) {
        state.apply(.progress(progress, at: ProcessInfo.processInfo.systemUptime))
        background.report(progress, state.lines.map(say).joined(separator: ", "))
    }

    private func changed(from old: Choices) {
        state.changed()
        guard let finished else { return }
        Task { await pictures.show(finished.buffer, finished.restored, used: finished.choices, wanted: choices) }
    }
}

/// Reads, checks and decodes a photo, away from the screen's actor.
private nonisolated func opened(_ file: URL, _ record: JobRecord, _ job: RestoreJob) async throws -> (
    PhotoHeader, OpenPhoto
) {
    let header = try PhotoHeader(file, name: record.name)
    let plan = try await job.plan(width: header.width, height: header.height)
    try PhotoLimits.check(plan, memory: Phone.memory, storage: Phone.storage)
    let folder = FileManager.default.temporaryDirectory
    return (header, try await PhotoReader.decode(header, folder: folder))
}

private nonisolated func restored(
    _ job: RestoreJob, _ photo: OpenPhoto, _ options: RestoreOptions, _ told: AsyncStream<TileProgress>.Continuation
) async throws -> RestoreResult<PhotoBuffer> {
    defer { told.finish() }
    return try await job.run(photo, options) { told.yield($0) }
}
