/// What a phone measured with one model, as benchmarks/schema/phone_result.schema.json says.
import AMIRNetEngines
import Foundation

/// A phone, as its system tells it; nil is what it does not tell.
public struct Device: Sendable, Equatable {
    public var model: String
    public var chip: String?
    public var memoryBytes: Int?
    public var systemVersion: String
    /// The exact build: with the model and the runtime's version the key of a compiled model.
    public var systemBuild: String

    public init(model: String, chip: String?, memoryBytes: Int?, systemVersion: String, systemBuild: String) {
        (self.model, self.chip, self.memoryBytes) = (model, chip, memoryBytes)
        (self.systemVersion, self.systemBuild) = (systemVersion, systemBuild)
    }
}

/// A model, by its manifest, and how the photo that was measured is cut for it.
public struct MeasuredModel: Sendable, Equatable {
    public var name: String
    public var identity: String
    /// SHA-256 of the manifest.
    public var fingerprint: String
    public var tileSize: Int
    public var halo: Int
    public var photoWidth: Int
    public var photoHeight: Int
    public var photoTiles: Int

    public init(
        name: String, identity: String, fingerprint: String, tileSize: Int, halo: Int, photoWidth: Int,
        photoHeight: Int,
        photoTiles: Int
    ) {
        (self.name, self.identity, self.fingerprint) = (name, identity, fingerprint)
        (self.tileSize, self.halo) = (tileSize, halo)
        (self.photoWidth, self.photoHeight, self.photoTiles) = (photoWidth, photoHeight, photoTiles)
    }
}

/// An engine, as it was asked for and as it ran.
public struct MeasuredEngine: Sendable, Equatable {
    public var choice: EngineChoice
    public var version: String
    /// nil where the platform does not say.
    public var ran: Accelerator?
    public var strict: Bool
    public var failures: [EngineFailure]
    /// What Core ML says that it would do. It is written beside the schema's fields, and never as what ran.
    public var plan: PhonePlan?

    public init(
        choice: EngineChoice, version: String, ran: Accelerator?, strict: Bool, failures: [EngineFailure],
        plan: PhonePlan?
    ) {
        (self.choice, self.version, self.ran) = (choice, version, ran)
        (self.strict, self.failures, self.plan) = (strict, failures, plan)
    }
}

public struct PhoneResult: Sendable, Equatable {
    public static let SCHEMA = "1.0"

    public let app: String
    /// When it began, UTC, as 2026-11-26T08:00:00Z.
    public let taken: String
    public let device: Device
    public let engine: MeasuredEngine
    public let model: MeasuredModel
    public let conditions: Conditions
    public let measured: Measured

    public init(
        app: String, taken: Date, device: Device, engine: MeasuredEngine, model: MeasuredModel, conditions: Conditions,
        measured: Measured
    ) {
        (self.app, self.device, self.engine, self.model) = (app, device, engine, model)
        (self.conditions, self.measured) = (conditions, measured)
        self.taken = taken.formatted(.iso8601)
    }

    public var verdict: Verdict {
        let first = engine.failures.first?.choice ?? engine.choice
        return Verdict(
            conditions, asked: first.accelerator, ran: engine.ran, steady: measured.steady,
            thermalSteady: measured.thermalSteady, fellBack: !engine.failures.isEmpty, stopped: measured.stopped)
    }

    /// "2026-11-26T080000Z-npu.json"
    public var fileName: String {
        "\(taken.replacingOccurrences(of: ":", with: ""))-\(engine.choice.accelerator.rawValue).json"
    }
}
