/** Which model, on which engine, what is kept compiled, and whether a photo's place is kept. */
package amirnet.app.ui

import android.net.Uri
import androidx.activity.compose.rememberLauncherForActivityResult
import androidx.activity.result.contract.ActivityResultContracts
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.selection.toggleable
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Switch
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.dimensionResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.Role
import amirnet.app.AppParts
import amirnet.app.MainActivity
import amirnet.app.R
import amirnet.logic.engine.EngineChoice
import amirnet.logic.ui.SettingsModel
import amirnet.logic.ui.SettingsUiState
import amirnet.logic.ui.Words

@Composable
fun SettingsScreen(parts: AppParts) {
    val state by parts.settings.state.collectAsState()
    val model = parts.settings
    Page {
        Title(stringResource(R.string.screen_settings))
        ModelPanel(parts, state, model)
        EnginePanel(state, model)
        CachePanel(state, model)
        PlacePanel(state, model)
        Panel {
            Heading(stringResource(R.string.settings_about))
            Small(stringResource(R.string.settings_about_text))
        }
    }
    state.error?.let { ErrorDialog(it, model::dismissError) }
}

@Composable
private fun ModelPanel(parts: AppParts, state: SettingsUiState, model: SettingsModel) {
    val open = rememberLauncherForActivityResult(ActivityResultContracts.OpenDocument()) { uri: Uri? ->
        uri?.let(parts::openBundle)
    }
    Panel {
        Heading(stringResource(R.string.settings_model))
        state.bundle?.let { (name, identity) -> Body(stringResource(R.string.settings_model_value, name, identity)) }
        Small(stringResource(R.string.settings_model_hint))
        OutlinedButton(onClick = { open.launch(arrayOf("application/zip")) }) {
            Text(stringResource(R.string.settings_model_choose))
        }
        if (state.settings.bundle != null) {
            TextButton(onClick = { model.setBundle(null) }) { Text(stringResource(R.string.settings_model_shipped)) }
        }
    }
}

@Composable
private fun EnginePanel(state: SettingsUiState, model: SettingsModel) {
    Panel {
        Heading(stringResource(R.string.settings_engine))
        Choice(stringResource(R.string.settings_engine_automatic), state.settings.engine == null) {
            model.setEngine(null)
        }
        for (choice in state.choices) {
            Choice(named(choice), state.settings.engine == choice) { model.setEngine(choice) }
        }
        if (state.settings.engine != null) {
            Toggle(stringResource(R.string.settings_engine_strict), state.settings.strict, model::setStrict)
        }
        Heading(stringResource(R.string.settings_precision))
        Choice(stringResource(R.string.settings_precision_int8), state.settings.precision == "int8") {
            model.setPrecision("int8")
        }
        Choice(stringResource(R.string.settings_precision_float), state.settings.precision == "float32") {
            model.setPrecision("float32")
        }
    }
}

@Composable
private fun named(choice: EngineChoice): String =
    word(Words.engine(choice.engine)) + ", " + word(Words.accelerator(choice.accelerator))

@Composable
private fun CachePanel(state: SettingsUiState, model: SettingsModel) {
    Panel {
        val size = "%.1f".format(state.cacheBytes / 1e6)
        Fact(stringResource(R.string.settings_cache), stringResource(R.string.settings_cache_value, size))
        Small(stringResource(if (state.cacheCleared) R.string.settings_cache_cleared else R.string.settings_cache_hint))
        OutlinedButton(onClick = model::clearCache) { Text(stringResource(R.string.settings_cache_clear)) }
    }
}

@Composable
private fun PlacePanel(state: SettingsUiState, model: SettingsModel) {
    val ask = rememberLauncherForActivityResult(ActivityResultContracts.RequestMultiplePermissions()) { granted ->
        model.setKeepPlace(granted.values.all { it })
    }
    Panel {
        Toggle(stringResource(R.string.settings_place), state.settings.keepPlace) { wanted ->
            if (wanted) ask.launch(MainActivity.PLACE_PERMISSIONS) else model.setKeepPlace(false)
        }
        Small(stringResource(R.string.settings_place_hint))
    }
}

@Composable
private fun Toggle(text: String, on: Boolean, onChange: (Boolean) -> Unit) {
    Row(
        modifier = Modifier
            .fillMaxWidth()
            .heightIn(min = dimensionResource(R.dimen.touch))
            .toggleable(value = on, role = Role.Switch, onValueChange = onChange),
        horizontalArrangement = Arrangement.SpaceBetween,
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Body(text, Modifier.weight(1f))
        Switch(checked = on, onCheckedChange = null)
    }
}
