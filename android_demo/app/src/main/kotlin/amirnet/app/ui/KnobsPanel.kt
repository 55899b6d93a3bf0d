/** Strength, which answers at once, and light, which is previewed at once and restored when asked. */
package amirnet.app.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.material3.Button
import androidx.compose.material3.FilterChip
import androidx.compose.material3.Slider
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.dimensionResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.semantics.stateDescription
import amirnet.app.R
import amirnet.logic.ui.RestoreModel
import amirnet.logic.ui.RestoreUiState
import amirnet.runtime.Light
import kotlin.math.roundToInt

/** Of auto's curve: what the slider reaches. More is for who writes a number (CONTRACT E7). */
private const val MOST = 2f

@Composable
fun KnobsPanel(state: RestoreUiState, model: RestoreModel) {
    Panel {
        val strength = (100 * state.choices.strength).roundToInt()
        Knob(
            label = stringResource(R.string.strength_label),
            value = stringResource(R.string.strength_value, strength),
            at = state.choices.strength.toFloat(),
            range = 0f..1f,
        ) { model.setStrength(it.toDouble()) }
        Small(stringResource(R.string.strength_hint))
        LightChips(state.choices.light, model::setLight)
        if (state.scalesLight) {
            val by = (state.choices.light as? Light.Scaled)?.by ?: if (state.choices.light == Light.Keep) 0.0 else 1.0
            Knob(
                label = stringResource(R.string.light_label),
                value = stringResource(R.string.light_value, (100 * by).roundToInt()),
                at = by.toFloat(),
                range = 0f..MOST,
            ) { model.setLight(Light.Scaled(it.toDouble())) }
        } else {
            Small(stringResource(R.string.light_none))
        }
        if (state.needsRun) {
            Button(onClick = model::restore) { Text(stringResource(R.string.apply_again)) }
        }
    }
}

@Composable
private fun Knob(
    label: String,
    value: String,
    at: Float,
    range: ClosedFloatingPointRange<Float>,
    onChange: (Float) -> Unit,
) {
    Fact(label, value)
    Slider(
        value = at,
        onValueChange = onChange,
        modifier = Modifier.semantics {
            contentDescription = label
            stateDescription = value
        },
        valueRange = range,
    )
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun LightChips(light: Light, onLight: (Light) -> Unit) {
    FlowRow(horizontalArrangement = Arrangement.spacedBy(dimensionResource(R.dimen.gap_small))) {
        val choices = listOf(
            Light.Auto to R.string.light_auto,
            Light.Keep to R.string.light_keep,
            Light.Brighten to R.string.light_brighten,
        )
        for ((choice, text) in choices) {
            FilterChip(
                selected = light == choice,
                onClick = { onLight(choice) },
                label = { Text(stringResource(text)) },
            )
        }
    }
}
