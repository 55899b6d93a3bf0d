/** The process: what is made once, and what has to be set before any library is loaded. */
package amirnet.app

import android.app.Application
import android.system.ErrnoException
import android.system.Os
import amirnet.engines.VARIABLE

class AmirnetApp : Application() {
    /** The app's parts live as long as the process: a turned phone or a closed window changes nothing of them. */
    val parts: AppParts by lazy { AppParts(this) }

    override fun onCreate() {
        super.onCreate()
        try {
            Os.setenv(VARIABLE, "1", true)
        } catch (error: ErrnoException) {
            // The ONNX engine looks for the variable itself and refuses to run without it.
            android.util.Log.w("AMIRNet", "$VARIABLE could not be set: ${error.message}")
        }
        parts.restore.resurrect()
        parts.settings.load()
    }
}
