// swift-tools-version: 6.0
import PackageDescription

// AMIRNetRuntime is all that lies between a photo's pixels and its restored ones, AMIRNetEngines what runs the models,
// AMIRNetApp what the app does but for the screen.
// ONNX Runtime is here for tests and the command line, where AMIRNET_ONNXRUNTIME names its library and -Xcc -I its C
// header: tools/swift.sh brings both.

var targets: [Target] = [
    .target(name: "AMIRNetRuntime"),
    .target(name: "AMIRNetEngines", dependencies: ["AMIRNetRuntime"]),
    .testTarget(name: "AMIRNetRuntimeTests", dependencies: ["AMIRNetRuntime", "AMIRNetEngines"]),
    .target(name: "AMIRNetApp", dependencies: ["AMIRNetEngines"]),
    .testTarget(name: "AMIRNetAppTests", dependencies: ["AMIRNetApp"], exclude: ["phone_result.json"]),
]
var engines: [Target.Dependency] = ["AMIRNetEngines"]
var settings: [SwiftSetting] = []

if Context.environment["AMIRNET_ONNXRUNTIME"] != nil {
    engines.append("OnnxRuntimeEngine")
    settings.append(.define("ONNX_RUNTIME"))
    targets += [
        .target(name: "COnnxRuntime", path: "Tests/COnnxRuntime"),
        .target(
            name: "OnnxRuntimeEngine", dependencies: ["AMIRNetEngines", "COnnxRuntime"], path: "Tests/OnnxRuntimeEngine"
        ),
        .testTarget(name: "OnnxRuntimeEngineTests", dependencies: ["OnnxRuntimeEngine", "RestoreCommand"]),
    ]
}
targets += [
    .target(name: "RestoreCommand", dependencies: engines, swiftSettings: settings),
    .executableTarget(name: "amirnet-restore", dependencies: ["RestoreCommand"]),
]

let package = Package(
    name: "AMIRNet",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [
        .library(name: "AMIRNetRuntime", targets: ["AMIRNetRuntime"]),
        .library(name: "AMIRNetEngines", targets: ["AMIRNetEngines"]),
        .library(name: "AMIRNetApp", targets: ["AMIRNetApp"]),
        .executable(name: "amirnet-restore", targets: ["amirnet-restore"]),
    ],
    targets: targets
)
