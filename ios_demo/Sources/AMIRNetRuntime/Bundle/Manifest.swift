/// manifest.json as checked types: geometry, tree, models, file seals (CONTRACT B4, B5).

/// The one major schema version that this release reads. Any minor version of it will do (CONTRACT V1).
let SCHEMA_MAJOR = 1
/// Objects and lists inside one another; a manifest with more is refused (CONTRACT B4).
let DEPTH = 64
/// Files that add up to more are refused: a few kilobytes of a zip can unpack to any number of them (CONTRACT B2).
let BUNDLE_BYTES = 1 << 29

/// What a file must be: its size in bytes and its SHA-256 in lower-case hex.
public struct FileSeal: Sendable, Equatable {
    public let bytes: Int
    public let sha256: String
}

/// Role -> backend -> precision -> path.
public typealias ModelTable = [String: [String: [String: String]]]

/// Everything a bundle says about itself.
public struct Manifest: Sendable, Equatable {
    public let schema: String
    public let name: String
    public let description: String
    public let license: String
    /// The SHA-256 of the checkpoint.
    public let identity: String
    public let probe: ProbeGeometry
    public let tile: TileGeometry
    public let tree: DegradationTree
    /// As models["encoder"]["onnx"]["float32"].
    public let models: ModelTable
    /// Free-form JSON.
    public let metrics: JsonObject
    public let files: [String: FileSeal]
    /// Says how bright a photo is to be; nil where the bundle leaves that to its network.
    public let light: LightHead?

    /// Read and check a manifest; `where` names the bundle in messages. Unknown fields are left alone.
    ///
    /// Throws UnsupportedSchemaError (checked first), ManifestError, UnsafePathError.
    public static func parse(_ content: [UInt8], _ where: String) throws -> Manifest {
        let top = Fields(values: try loadObject(content, `where`), where: "\(`where`): \(MANIFEST)")
        let schema = try checkSchema(top)
        do {
            let files = try fileSeals(top, `where`)
            let tree = try treeOf(top.object("tree"))
            let models = try modelsOf(top.object("models"), files)
            try checkFolded(top, tree, models)
            _ = try top.object("quantization", JsonObject())
            return Manifest(
                schema: schema,
                name: try top.text("name"),
                description: try top.text("description", ""),
                license: try top.text("license", ""),
                identity: try top.text("identity"),
                probe: try probeOf(top.object("geometry").object("probe")),
                tile: try tileOf(top.object("geometry").object("tile")),
                tree: tree,
                models: models,
                metrics: try top.object("metrics", JsonObject()).values,
                files: files,
                light: top.has("light") ? try lightHead(top.object("light"), tree.size) : nil
            )
        } catch let error as AmirnetError where error is ManifestError || error is TileError {
            let message = error.message
            throw ManifestError(message.hasPrefix(`where`) ? message : "\(`where`): \(MANIFEST): \(message)")
        }
    }
}

private func loadObject(_ content: [UInt8], _ where: String) throws -> JsonObject {
    func refused(_ problem: String) -> ManifestError {
        ManifestError("\(`where`): \(MANIFEST): \(problem); copy or export the bundle again")
    }

    do {
        guard case .object(let value) = try readJson(content, depth: DEPTH) else { throw refused("not a JSON object") }
        return value
    } catch let failure as JsonFailure {
        throw refused(failure.reason)
    }
}

private func checkSchema(_ top: Fields) throws -> String {
    let schema = try top.text("schema")
    let parts = schema.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard parts.count == 2, parts.allSatisfy({ (1...9).contains($0.count) && $0.allSatisfy(digits.contains) }) else {
        throw top.refuse("schema", "is \(quoted(schema)), not MAJOR.MINOR")
    }
    if Int(String(decoding: parts[0], as: UTF8.self)) != SCHEMA_MAJOR {
        let reads = "this release reads \(SCHEMA_MAJOR).x; install a matching amirnet"
        throw UnsupportedSchemaError("\(top.where): schema \(schema), but \(reads)")
    }
    return schema
}

private func fileSeals(_ top: Fields, _ where: String) throws -> [String: FileSeal] {
    let listed = try top.object("files")
    var (files, total) = ([String: FileSeal](), 0)
    for name in listed.values.keys { try checkPath(name, `where`) }  // all before any seal (CONTRACT B6)
    for name in listed.values.keys {
        if name == MANIFEST { throw top.refuse("files", "lists \(MANIFEST) itself") }
        let seal = try listed.object(name)
        let sha256 = try seal.text("sha256")
        if sha256.utf8.count != 64 || !sha256.utf8.allSatisfy(isHexDigit) {
            throw seal.refuse("sha256", "is not 64 lower-case hex digits")
        }
        files[name] = FileSeal(bytes: try seal.integer("bytes", 0, BUNDLE_BYTES), sha256: sha256)
        total += files[name]!.bytes
    }
    if total > BUNDLE_BYTES { throw top.refuse("files", "add up to more than \(BUNDLE_BYTES) bytes") }
    return files
}

private func probeOf(_ fields: Fields) throws -> ProbeGeometry {
    let trim = fields.has("trim") ? try fields.integer("trim", 0, 4096) : 0
    if (1...2).contains(trim) {
        throw fields.refuse("trim", "is \(trim): no probe would be left; it is 0, or 3 and more")
    }
    return ProbeGeometry(
        size: try fields.integer("size", 1, 4096), probesPerSide: try fields.integer("grid", 1, 64), trim: trim)
}

private func tileOf(_ fields: Fields) throws -> TileGeometry {
    let size = try fields.integer("size", 1, 16384)
    let tile = TileGeometry(
        size: size,
        halo: try fields.integer("halo", 0, 16384),
        overlap: try fields.integer("overlap", 0, 1024),
        alignment: try fields.integer("alignment", 1, 1024),
        radius: try fields.integer("radius", 0, 16384),
        flexible: try fields.boolean("flexible"),
        preferred: fields.has("preferred") ? try fields.integer("preferred", 1, 16384) : size
    )
    try checkSizes(tile.size, tile.halo, tile.overlap, tile.alignment)
    if tile.radius > tile.halo {
        throw fields.refuse("radius", "is \(tile.radius), more than the halo of \(tile.halo): tiles would seam")
    }
    if tile.preferred < tile.size || (tile.preferred > tile.size && !tile.flexible) {
        let rule = "but it is at least the size, and no other where all are one"
        throw fields.refuse("preferred", "is \(tile.preferred), \(rule)")
    }
    try checkSizes(tile.preferred, tile.halo, tile.overlap, tile.alignment)
    return tile
}

func treeOf(_ fields: Fields) throws -> DegradationTree {
    let stated = try fields.text("conditioning")
    guard let conditioning = Conditioning(rawValue: stated) else {
        throw fields.refuse("conditioning", "is \(quoted(stated)), not \"node\" or \"soft\"")
    }
    let nodes = try fields.objects("nodes").map { node in
        let kinds = try node.object("kinds", JsonObject())
        return TreeNode(
            id: try node.integer("id", 0, 1 << 31),
            level: try node.integer("level", 0, 15),
            index: try node.integer("index", 0, 1 << 15),
            parent: node.values["parent"] == .null ? nil : try node.integer("parent", 0, 1 << 31),
            children: try node.integers("children"),
            confidence: try node.number("confidence"),
            code: try node.numbers("code"),
            share: try node.number("share", 1),
            label: try node.text("label", ""),
            kinds: Dictionary(
                try kinds.values.keys.map { ($0, try kinds.number($0)) }, uniquingKeysWith: { $1 })
        )
    }
    return try DegradationTree(
        levels: fields.integer("levels", 1, 12), codeSteps: fields.integer("grid", 1, 1 << 20),
        conditioning: conditioning, nodes: nodes)
}

private func modelsOf(_ fields: Fields, _ files: [String: FileSeal]) throws -> ModelTable {
    var models: ModelTable = [:]
    // A Core ML model is a folder: then the files below it are what is sealed.
    let folders = Set(files.keys.flatMap(foldersAbove))
    for role in fields.values.keys {
        for backend in try fields.object(role).values.keys {
            let precisions = try fields.object(role).object(backend)
            for precision in precisions.values.keys {
                let path = try precisions.text(precision)
                if files[path] == nil && !folders.contains(path) {
                    throw precisions.refuse(precision, "names \(quoted(path)), which is not among the files")
                }
                models[role, default: [:]][backend, default: [:]][precision] = path
            }
        }
    }
    return models
}

/// CONTRACT G5: without a restorer that takes a code, every node where a walk can end has one of its own.
private func checkFolded(_ top: Fields, _ tree: DegradationTree, _ models: ModelTable) throws {
    if models["restorer"] != nil || !models.keys.contains(where: { $0.hasPrefix("restorer.") }) { return }
    if tree.conditioning != .node {
        throw top.refuse("models", "hold folded restorers, but the tree's conditioning is not \"node\"")
    }
    for node in tree.nodes {
        let mayStop = try node.children.isEmpty || node.children.contains { try tree.node($0).confidence > 0 }
        if mayStop && models["restorer.\(node.id)"] == nil {
            throw top.refuse("models", "hold folded restorers, but none for node \(node.id)")
        }
    }
}

/// "a/b/c" lies in "a" and in "a/b".
private func foldersAbove(_ path: String) -> [String] {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    return (1..<max(parts.count, 1)).map { parts[..<$0].joined(separator: "/") }
}

private func isHexDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
}
