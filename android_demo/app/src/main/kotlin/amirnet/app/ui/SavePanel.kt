/** Save, share, and what became of everything that a photo holds beside its pixels. */
package amirnet.app.ui

import android.content.Context
import android.content.Intent
import android.net.Uri
import androidx.compose.material3.Button
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.res.stringResource
import amirnet.app.R
import amirnet.logic.photo.ImageFormat
import amirnet.logic.ui.PhotoFacts
import amirnet.logic.ui.Place
import amirnet.logic.ui.RestoreModel
import amirnet.logic.ui.RestoreUiState
import amirnet.logic.ui.SavedPhoto
import amirnet.logic.ui.Words

@Composable
fun SavePanel(state: RestoreUiState, model: RestoreModel) {
    val saved = state.saved
    if (saved == null) {
        Button(onClick = model::save, enabled = !state.saving && !state.needsRun) {
            Text(stringResource(if (state.saving) R.string.save_saving else R.string.save_action))
        }
        return
    }
    val context = LocalContext.current
    Panel {
        Body(stringResource(R.string.save_done, saved.name))
        state.facts?.let { Small(stringResource(placeLine(it, saved))) }
        Words.gainMap(saved.gainMap)?.let { Small(word(it)) }
        saved.profile?.let {
            val fate = if (saved.profileKept) R.string.save_profile_kept else R.string.save_profile_converted
            Small(stringResource(fate, it))
        }
        saved.metadataLost?.let { Small(stringResource(R.string.save_metadata_lost, it)) }
        val facts = state.facts
        if (facts != null && saved.format == ImageFormat.PNG && !facts.title.endsWith(".png", ignoreCase = true)) {
            Small(stringResource(R.string.save_as_png, facts.width.toLong().times(facts.height).div(1_000_000).toInt()))
        }
        OutlinedButton(onClick = { share(context, Uri.parse(saved.uri), saved.format.mimeType) }) {
            Text(stringResource(R.string.save_share))
        }
    }
}

private fun placeLine(facts: PhotoFacts, saved: SavedPhoto): Int = when {
    saved.placeKept -> R.string.save_place_kept
    facts.place == Place.KNOWN -> R.string.save_place_removed
    facts.place == Place.STRIPPED -> R.string.save_place_stripped
    else -> R.string.save_place_none
}

/** Hand a file to another app that the user chooses. */
fun share(context: Context, uri: Uri, mimeType: String) {
    val send = Intent(Intent.ACTION_SEND)
        .setType(mimeType)
        .putExtra(Intent.EXTRA_STREAM, uri)
        .addFlags(Intent.FLAG_GRANT_READ_URI_PERMISSION)
    context.startActivity(Intent.createChooser(send, null))
}
