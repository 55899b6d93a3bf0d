/**
 * ONNX Runtime's telemetry, off: an on-device product phones nobody.
 *
 * The library reads the variable once, as it is loaded, and keeps a device's id and a database of events where it does
 * not find it. An app sets it before anything else: `android.system.Os.setenv(VARIABLE, "1", true)` in its Application.
 */
package amirnet.engines

import ai.onnxruntime.OrtEnvironment
import amirnet.EngineError

const val VARIABLE: String = "ORT_DISABLE_TELEMETRY"

/** ONNX Runtime's environment, silent. Raises EngineError where the library would phone home, before it is loaded. */
fun silentEnvironment(): OrtEnvironment {
    if (System.getenv(VARIABLE) != "1") {
        val remedy = "set it to 1 before the library is loaded (on Android by Os.setenv in your Application)"
        throw EngineError("ONNX Runtime: $VARIABLE is not set, and it would send telemetry; $remedy")
    }
    return OrtEnvironment.getEnvironment().also { it.setTelemetry(false) }
}
