package amirnet.logic.ui

import amirnet.runtime.Light
import amirnet.runtime.Pixels
import amirnet.runtime.mixed
import amirnet.runtime.partsOf

/** What the right half of the comparison shows while the user turns a knob: at once, without restoring again. */
object LivePicture {
    /**
     * The result at the chosen strength, to the byte what would be saved (CONTRACT R6). Where another light is chosen
     * and can be foretold, the photo under that light instead: a preview, and called one.
     */
    fun of(state: RestoreUiState): Pixels? {
        val preview = state.preview ?: return null
        val applied = state.applied ?: return null
        val lit = if (state.choices.light == applied.light) null else lit(preview, state.choices.light)
        return mixed(preview.before, lit ?: preview.after, partsOf(state.choices.strength))
    }

    /** Whether [of] is a preview of the light, and not the result. */
    fun isLightPreview(state: RestoreUiState): Boolean {
        val preview = state.preview ?: return false
        val applied = state.applied ?: return false
        return state.choices.light != applied.light && lit(preview, state.choices.light) != null
    }

    /** null: how bright that is only the model can tell. */
    private fun lit(preview: Preview, light: Light): Pixels? {
        val curve = preview.curve ?: return null
        return when (light) {
            Light.Keep -> preview.before
            Light.Auto -> curve.applied(preview.before)
            is Light.Scaled -> curve.scaled(light.by).applied(preview.before)
            Light.Brighten -> null
        }
    }
}
