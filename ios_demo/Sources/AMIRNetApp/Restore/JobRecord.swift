/// What is kept of a restore, so that the end of the app does not lose the photo.
import Foundation

public struct JobRecord: Sendable, Equatable, Codable {
    /// The photo's copy, by its name in the app's own folder.
    public let photo: String
    /// Its name as the user knows it.
    public let name: String
    public var choices: Choices

    public init(photo: String, name: String, choices: Choices) {
        (self.photo, self.name, self.choices) = (photo, name, choices)
    }
}

/// The record of the job at hand, beside its photo's copy in a folder of the app's own.
public struct JobStore: Sendable {
    public let folder: URL
    private var file: URL { folder.appendingPathComponent("job.json") }

    public init(_ folder: URL) {
        self.folder = folder
    }

    /// The job that did not end; nil where there is none, or its photo is gone.
    public func unfinished() -> JobRecord? {
        guard let content = try? Data(contentsOf: file),
            let record = try? JSONDecoder().decode(JobRecord.self, from: content),
            FileManager.default.fileExists(atPath: photo(record).path)
        else { return nil }
        return record
    }

    public func photo(_ record: JobRecord) -> URL {
        folder.appendingPathComponent((record.photo as NSString).lastPathComponent)
    }

    /// Written whole or not at all.
    public func keep(_ record: JobRecord) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try JSONEncoder().encode(record).write(to: file, options: .atomic)
    }

    /// The job ended: nothing of it is kept.
    public func end() {
        try? FileManager.default.removeItem(at: file)
    }

    /// Photos of jobs before this one.
    public func sweep(keeping record: JobRecord?) {
        let kept = [file.lastPathComponent, record?.photo]
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names where !kept.contains(name) {
            try? FileManager.default.removeItem(at: folder.appendingPathComponent(name))
        }
    }
}
