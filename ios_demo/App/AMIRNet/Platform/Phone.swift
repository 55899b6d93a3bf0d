/// The phone, as its system tells it.
import AMIRNetApp
import Foundation
import UIKit
import os

enum Phone {
    @MainActor
    static var device: Device {
        Device(
            model: machine, chip: nil, memoryBytes: Int(ProcessInfo.processInfo.physicalMemory),
            systemVersion: UIDevice.current.systemVersion,
            systemBuild: systemBuild(ProcessInfo.processInfo.operatingSystemVersionString))
    }

    static var thermal: Thermal { Thermal(processState: ProcessInfo.processInfo.thermalState.rawValue) }

    /// Bytes that the app may still take before the system ends it.
    static var memory: Int { os_proc_available_memory() }

    /// Bytes free where the app keeps its files.
    static var storage: Int {
        let place = FileManager.default.temporaryDirectory
        let values = try? place.resourceValues(forKeys: [.volumeAvailableCapacityForImportantUsageKey])
        return Int(values?.volumeAvailableCapacityForImportantUsage ?? 0)
    }

    @MainActor
    static var isTethered: Bool { [.charging, .full].contains(battery.batteryState) }

    /// nil where the phone does not tell.
    @MainActor
    static var batteryPercent: Int? {
        let level = battery.batteryLevel
        return level < 0 ? nil : Int((level * 100).rounded())
    }

    /// "AMIRNet for iOS 0.1.0"
    static var app: String {
        "AMIRNet for iOS \(Bundle.main.object(forInfoDictionaryKey: "CFBundleShortVersionString") as? String ?? "0")"
    }

    static var isDebuggable: Bool {
        #if DEBUG
            true
        #else
            false
        #endif
    }

    @MainActor
    private static var battery: UIDevice {
        UIDevice.current.isBatteryMonitoringEnabled = true
        return UIDevice.current
    }

    /// "iPhone18,1"
    private static var machine: String {
        var system = utsname()
        uname(&system)
        return withUnsafeBytes(of: &system.machine) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
