// swift-tools-version: 6.0
import PackageDescription

// AMIRNetRuntime is all that lies between a photo's pixels and its restored ones, AMIRNetEngines what runs the models.
// ONNX Runtime is here for tests and the command line: on machines that have its C header (tools/test.sh brings it).
let onnxRuntimeHeaders = Context.environment["ONNXRUNTIME_HEADERS"]

var targets: [Target] = [
    .target(name: "AMIRNetRuntime"),
    .target(name: "AMIRNetEngines", dependencies: ["AMIRNetRuntime"]),
    .testTarget(name: "AMIRNetRuntimeTests", dependencies: ["AMIRNetRuntime"]),
    .testTarget(name: "AMIRNetEnginesTests", dependencies: ["AMIRNetEngines"]),
]
var engines: [Target.Dependency] = ["AMIRNetEngines"]
var settings: [SwiftSetting] = []

if let headers = onnxRuntimeHeaders {
    engines.append("OnnxRuntimeEngine")
    settings.append(.define("ONNX_RUNTIME"))
    targets += [
        .target(
            name: "COnnxRuntime", path: "Tests/COnnxRuntime", cSettings: [.unsafeFlags(["-I", headers])],
            linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(
            name: "OnnxRuntimeEngine", dependencies: ["AMIRNetEngines", "COnnxRuntime"], path: "Tests/OnnxRuntimeEngine"),
        .testTarget(name: "OnnxRuntimeEngineTests", dependencies: ["OnnxRuntimeEngine"]),
    ]
}
targets.append(.executableTarget(name: "amirnet-restore", dependencies: engines, swiftSettings: settings))

let package = Package(
    name: "AMIRNet",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [
        .library(name: "AMIRNetRuntime", targets: ["AMIRNetRuntime"]),
        .library(name: "AMIRNetEngines", targets: ["AMIRNetEngines"]),
        .executable(name: "amirnet-restore", targets: ["amirnet-restore"]),
    ],
    targets: targets
)
