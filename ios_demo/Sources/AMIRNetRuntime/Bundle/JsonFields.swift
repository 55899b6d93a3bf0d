/// Typed reading of a JSON object: every mistake becomes a ManifestError that names the field.

/// One JSON object and where it stands, for messages. Readers throw ManifestError for a wrong or missing field.
struct Fields {
    let values: JsonObject
    let `where`: String

    func refuse(_ key: String, _ problem: String) -> ManifestError {
        ManifestError("\(`where`): \(key) \(problem); export the bundle again")
    }

    func has(_ key: String) -> Bool { values[key] != nil }

    private func get(_ key: String, _ otherwise: JsonValue? = nil) throws -> JsonValue {
        guard let value = values[key] ?? otherwise else { throw refuse(key, "is missing") }
        return value
    }

    func object(_ key: String, _ otherwise: JsonObject? = nil) throws -> Fields {
        guard case .object(let value) = try get(key, otherwise.map { .object($0) }) else {
            throw refuse(key, "is not an object")
        }
        return Fields(values: value, where: "\(`where`): \(key)")
    }

    func objects(_ key: String) throws -> [Fields] {
        guard case .list(let items) = try get(key) else { throw refuse(key, "is not a list of objects") }
        return try items.enumerated().map { place, item in
            guard case .object(let value) = item else { throw refuse(key, "is not a list of objects") }
            return Fields(values: value, where: "\(`where`): \(key)[\(place)]")
        }
    }

    func text(_ key: String, _ otherwise: String? = nil) throws -> String {
        guard case .text(let value) = try get(key, otherwise.map { .text($0) }) else {
            throw refuse(key, "is not a text")
        }
        return value
    }

    func boolean(_ key: String) throws -> Bool {
        guard case .boolean(let value) = try get(key) else { throw refuse(key, "is not true or false") }
        return value
    }

    /// A whole number in least ... most.
    func integer(_ key: String, _ least: Int, _ most: Int) throws -> Int {
        guard case .integer(let value) = try get(key), (least...most).contains(value) else {
            throw refuse(key, "is not a whole number from \(least) to \(most)")
        }
        return value
    }

    func integers(_ key: String) throws -> [Int] {
        guard case .list(let items) = try get(key) else { throw refuse(key, "is not a list of whole numbers") }
        return try items.map { item in
            guard case .integer(let value) = item else { throw refuse(key, "is not a list of whole numbers") }
            return value
        }
    }

    func number(_ key: String, _ otherwise: Double? = nil) throws -> Double {
        guard let value = finite(try get(key, otherwise.map { .number($0) })) else {
            throw refuse(key, "is not a finite number")
        }
        return value
    }

    func numbers(_ key: String) throws -> [Double] {
        guard let row = finiteRow(try get(key)) else { throw refuse(key, "is not a list of finite numbers") }
        return row
    }

    /// A list of lists of numbers.
    func rows(_ key: String) throws -> [[Double]] {
        guard case .list(let rows) = try get(key) else { throw refuse(key, "is not a list of lists of finite numbers") }
        return try rows.map { row in
            guard let row = finiteRow(row) else { throw refuse(key, "is not a list of lists of finite numbers") }
            return row
        }
    }
}

private func finiteRow(_ value: JsonValue) -> [Double]? {
    guard case .list(let items) = value else { return nil }
    let row = items.compactMap(finite)
    return row.count == items.count ? row : nil
}

private func finite(_ value: JsonValue) -> Double? {
    switch value {
    case .number(let number): number
    case .integer(let number) where number.magnitude < 1 << 53: Double(number)
    default: nil
    }
}
