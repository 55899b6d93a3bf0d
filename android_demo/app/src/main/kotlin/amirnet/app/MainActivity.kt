/** The one window: its screens, and the photos that other apps share to it. */
package amirnet.app

import android.Manifest
import android.content.Intent
import android.net.Uri
import android.os.Build
import android.os.Bundle
import androidx.activity.ComponentActivity
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import amirnet.app.ui.AmirnetTheme
import amirnet.app.ui.AppScreen
import amirnet.app.ui.Screen
import amirnet.logic.benchmark.Plan
import amirnet.logic.engine.EngineChoice

class MainActivity : ComponentActivity() {
    private val parts get() = (application as AmirnetApp).parts
    private var screen by mutableStateOf(Screen.RESTORE)

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        enableEdgeToEdge()
        savedInstanceState?.getString(SCREEN)?.let { screen = Screen.valueOf(it) }
        if (savedInstanceState == null) take(intent) // a turned phone shows its intent again: it was taken already
        setContent { AmirnetTheme { AppScreen(parts, screen) { screen = it } } }
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        take(intent)
    }

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        outState.putString(SCREEN, screen.name)
    }

    override fun onResume() {
        super.onResume()
        parts.phone.inFront = true
    }

    override fun onPause() {
        super.onPause()
        parts.phone.inFront = false
    }

    private fun take(intent: Intent) {
        when (intent.action) {
            Intent.ACTION_SEND -> shared(intent)?.let {
                screen = Screen.RESTORE
                parts.import(it)
            }
            BENCHMARK -> {
                screen = Screen.BENCHMARK
                EngineChoice.of(intent.getStringExtra("engine"))?.let(parts.settings::setEngine)
                val minutes = if (intent.getBooleanExtra("sustained", true)) Plan().minutes else 0
                parts.benchmark.start(Plan(minutes = minutes))
            }
        }
    }

    private fun shared(intent: Intent): Uri? =
        if (Build.VERSION.SDK_INT >= 33) {
            intent.getParcelableExtra(Intent.EXTRA_STREAM, Uri::class.java)
        } else {
            @Suppress("DEPRECATION")
            intent.getParcelableExtra(Intent.EXTRA_STREAM)
        }

    companion object {
        private const val SCREEN = "screen"
        private const val BENCHMARK = "org.amirnet.demo.BENCHMARK"

        /** What is asked for where the user wants to keep the place of a photo. */
        val PLACE_PERMISSIONS: Array<String> = when {
            Build.VERSION.SDK_INT >= 33 ->
                arrayOf(Manifest.permission.READ_MEDIA_IMAGES, Manifest.permission.ACCESS_MEDIA_LOCATION)
            Build.VERSION.SDK_INT >= 29 ->
                arrayOf(Manifest.permission.READ_EXTERNAL_STORAGE, Manifest.permission.ACCESS_MEDIA_LOCATION)
            else -> arrayOf(Manifest.permission.READ_EXTERNAL_STORAGE)
        }
    }
}
