/// A phone's result as JSON. Energy is null: no app may read an iPhone's gauge, and while it is tethered there is none.
import AMIRNetEngines
import Foundation

extension PhoneResult: Encodable {
    /// The text of the file: keys rise, so the same result gives the same bytes.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }

    public func encode(to encoder: any Encoder) throws {
        try tree.encode(to: encoder)
    }

    private var tree: Json {
        [
            "schema": .of(PhoneResult.SCHEMA),
            "made_by": .of(app),
            "taken": .of(taken),
            "device": [
                "platform": .of("ios"), "manufacturer": .of("Apple"), "model": .of(device.model),
                "chip": .of(device.chip), "memory_bytes": .of(device.memoryBytes),
            ],
            "system": ["version": .of(device.systemVersion), "build": .of(device.systemBuild)],
            "engine": engineTree,
            "model": [
                "name": .of(model.name), "identity": .of(model.identity), "fingerprint": .of(model.fingerprint),
            ],
            "tile": ["size": .of(model.tileSize), "halo": .of(model.halo)],
            "photo": [
                "width": .of(model.photoWidth), "height": .of(model.photoHeight), "tiles": .of(model.photoTiles),
            ],
            "conditions": conditionsTree,
            "load": ["cold": .of(measured.cold), "warm": .of(measured.warm), "first_run": .of(measured.firstRun)],
            "steady": summary(measured.steady),
            "whole_photo": measured.wholePhoto.map(summary) ?? .null,
            "sustained": measured.minutes.map { ["minutes": .list($0.map(minute))] } ?? .null,
            "energy": .null,
            "verdict": [
                "valid": .of(verdict.valid), "reasons": .list(verdict.reasons.map { .of($0.rawValue) }),
            ],
        ]
    }

    private var engineTree: Json {
        [
            "name": .of(engine.choice.name),
            "version": .of(engine.version),
            "precision": .of(engine.choice.precision.rawValue),
            "asked": .of(engine.choice.accelerator.rawValue),
            "ran": .of(engine.ran?.rawValue ?? "unknown"),
            "strict": .of(engine.strict),
            "nodes_on_accelerator": .null,
            "nodes": .null,
            "fallbacks": .list(
                engine.failures.map { failure in
                    [
                        "name": .of(failure.choice.name), "asked": .of(failure.choice.accelerator.rawValue),
                        "reason": .of(failure.reason),
                    ]
                }),
            "plan": engine.plan.map { plan in
                [
                    "operations": .of(plan.operations),
                    "preferred": .object(
                        Dictionary(uniqueKeysWithValues: plan.preferred.map { ($0.key.rawValue, .of($0.value)) })),
                ]
            } ?? .null,
        ]
    }

    private var conditionsTree: Json {
        [
            "tethered": .of(conditions.tethered),
            "battery_percent": .of(conditions.batteryPercent),
            "low_power": .of(conditions.lowPower),
            "thermal_start": .of(conditions.thermalStart.rawValue),
            "thermal_end": .of(conditions.thermalEnd.rawValue),
            "foreground": .of(conditions.foreground),
            "debuggable": .of(conditions.debuggable),
        ]
    }

    private func summary(_ summary: Summary) -> Json {
        [
            "runs": .of(summary.runs), "p50": .of(summary.p50), "p90": .of(summary.p90), "p99": .of(summary.p99),
            "seconds": .list(summary.seconds.map { .of($0) }),
        ]
    }

    /// Headroom is Android's.
    private func minute(_ minute: Minute) -> Json {
        [
            "minute": .of(minute.minute), "runs": .of(minute.runs), "p50": .of(minute.p50),
            "thermal": .of(minute.thermal.rawValue), "headroom": .null,
        ]
    }
}

/// JSON with its nulls, which a synthesised Encodable leaves out.
private enum Json: Encodable, ExpressibleByDictionaryLiteral {
    case null
    case text(String)
    case whole(Int)
    case number(Double)
    case flag(Bool)
    case list([Json])
    case object([String: Json])

    init(dictionaryLiteral elements: (String, Json)...) {
        self = .object(Dictionary(uniqueKeysWithValues: elements))
    }

    static func of(_ text: String?) -> Json { text.map(Json.text) ?? .null }
    static func of(_ whole: Int?) -> Json { whole.map(Json.whole) ?? .null }
    static func of(_ number: Double?) -> Json { number.map(Json.number) ?? .null }
    static func of(_ flag: Bool) -> Json { .flag(flag) }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .text(let text): try container.encode(text)
        case .whole(let whole): try container.encode(whole)
        case .number(let number): try container.encode(number)
        case .flag(let flag): try container.encode(flag)
        case .list(let list): try container.encode(list)
        case .object(let object): try container.encode(object)
        }
    }
}
