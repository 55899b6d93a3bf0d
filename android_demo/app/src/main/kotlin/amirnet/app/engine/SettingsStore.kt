/** Settings as Android keeps them. */
package amirnet.app.engine

import android.content.Context
import amirnet.logic.ui.AppSettings

class SettingsStore(context: Context) {
    private val kept = context.getSharedPreferences("settings", Context.MODE_PRIVATE)

    fun load(): AppSettings =
        AppSettings.ofWords(kept.all.mapNotNull { (key, value) -> (value as? String)?.let { key to it } }.toMap())

    fun store(settings: AppSettings) {
        val editor = kept.edit().clear()
        settings.toWords().forEach { (key, value) -> editor.putString(key, value) }
        editor.apply()
    }
}
