/// `amirnet-restore`: photos in, better photos out; and what parity with Python is shown with.
import AMIRNetEngines
import AMIRNetRuntime
import Foundation

#if ONNX_RUNTIME
    import OnnxRuntimeEngine
#endif

/// Exit status for what the user can mend.
private let BAD_INPUT: Int32 = 2
private let INTERRUPTED: Int32 = 130
/// What a pixel of a photo takes that is read and written by bands (CONTRACT S4).
private let BY_BANDS = PixelCost(most: 0, held: 0)

public enum RestoreCommand {
    /// Does what the words of a command line ask for; gives the exit status.
    public static func run(_ words: [String]) async -> Int32 {
        do {
            let arguments = try Arguments(words)
            if !arguments.help { return try await restoreAll(arguments) ? 0 : BAD_INPUT }
            say(USAGE)
            return 0
        } catch is CancellationError {
            return INTERRUPTED
        } catch {
            fail(error)
            return BAD_INPUT
        }
    }

    /// Whether all went well. A photo that turns out to be damaged is reported, the others are still restored.
    private static func restoreAll(_ arguments: Arguments) async throws -> Bool {
        let outputs = try outputPaths(arguments)
        let bundle = try ModelBundle.open(arguments.model)
        let engine = try EngineInUse(bundle, arguments.engine, arguments.precision)
        let restorer = try Restorer(bundle.spec, engine: engine.engine, tile: arguments.tile)
        try restorer.check(arguments.options)
        var failed = false
        for (photo, output) in zip(arguments.photos, outputs) {
            do {
                try await restore(photo, output, restorer, engine, arguments)
            } catch let error as AmirnetError {
                fail(error)
                failed = true
            }
        }
        return !failed
    }

    private static func restore(
        _ photo: String, _ output: String, _ restorer: Restorer, _ engine: EngineInUse, _ arguments: Arguments
    ) async throws {
        let (clock, before) = (ContinuousClock(), engine.seconds())
        let start = clock.now
        let rows = try PpmRows(photo, output: output)
        let plan = try restorer.planFor(rows.width, rows.height)
        let sizes = try arguments.memory.map {
            try sizesWithin($0, photo, plan, restorer.sizes(plan), restorer.engine, BY_BANDS)
        }
        let decoded = clock.now
        let restoring = restorer.restoring(rows, arguments.options, sizes: sizes)
        let interrupt = onInterrupt { restoring.cancel() }
        defer { interrupt.cancel() }
        if isatty(STDERR_FILENO) == 1 {
            for await progress in restoring.progress {
                tell("\r\(photo): \(progress.done) of \(progress.total) tiles ")
            }
            tell("\r\u{1b}[K")
        }
        let result = try await restoring.result
        let restored = clock.now
        try result.rows.save()
        let (end, how) = (clock.now, result.restored)
        let seconds = [
            ("decode", inSeconds(decoded - start)), ("encode", how.seconds["encode"]!),
            ("restore", how.seconds["restore"]!), ("save", inSeconds(end - restored)),
            ("engine", engine.seconds() - before), ("total", inSeconds(end - start)),
        ]
        say(
            arguments.asJson
                ? jsonLine(photo, output, how, seconds) : try textLine(photo, output, how, restorer.spec.tree))
    }
}

/// An engine, and how long its graphs have run so far.
struct EngineInUse: Sendable {
    let engine: any Engine
    let seconds: @Sendable () -> Double

    /// Throws EngineError for one that this build does not have.
    init(_ bundle: ModelBundle, _ name: String, _ precision: String) throws {
        #if ONNX_RUNTIME
            if name == "onnx" {
                let library = OnnxRuntimeLibrary(precision: precision == "float" ? "float32" : precision)
                engine = try OnnxRuntimeEngine(bundle, library)
                seconds = { library.spent.seconds }
                return
            }
        #endif
        throw EngineError("\(name): this build has no such engine; see ios_demo/README.md for those there are")
    }
}

/// Where each photo goes: -o, a folder that holds them, or NAME_restored.ppm beside the photo. Throws OutputError.
func outputPaths(_ arguments: Arguments) throws -> [String] {
    var isFolder: ObjCBool = false
    _ = arguments.output.map { FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder) }
    return try arguments.photos.map { photo in
        let place = URL(fileURLWithPath: photo)
        var path = "\(place.deletingPathExtension().path)_restored.ppm"
        if let output = arguments.output {
            if arguments.photos.count > 1 && !isFolder.boolValue {
                throw OutputError("\(output): is no folder, and there are several photos; make it one")
            }
            path = isFolder.boolValue ? "\(output)/\(place.lastPathComponent)" : output
        }
        let same = URL(fileURLWithPath: path).resolvingSymlinksInPath() == place.resolvingSymlinksInPath()
        if same && !arguments.overwrite {
            throw OutputError("\(path): is the photo itself; choose another place, or say --overwrite")
        }
        return path
    }
}

private func inSeconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

private func fail(_ error: any Error) {
    tell("error: \(oneLine("\(error)"))\n")
}

private func say(_ line: String) {
    FileHandle.standardOutput.write(Data("\(line)\n".utf8))
}

private func tell(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
}

/// Ctrl-C ends what is at work within one tile: nothing half-written stays (CONTRACT R8).
private func onInterrupt(_ work: @escaping @Sendable () -> Void) -> any DispatchSourceSignal {
    signal(SIGINT, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    source.setEventHandler(handler: work)
    source.resume()
    return source
}
