/** Choose, watch, compare, correct, save: one screen, by the state of the job. */
package amirnet.app.ui

import android.Manifest
import android.content.pm.PackageManager
import android.net.Uri
import android.os.Build
import androidx.activity.compose.rememberLauncherForActivityResult
import androidx.activity.result.PickVisualMediaRequest
import androidx.activity.result.contract.ActivityResultContracts
import androidx.compose.material3.Button
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.res.stringResource
import amirnet.app.AppParts
import amirnet.app.R
import amirnet.logic.job.JobState
import amirnet.logic.ui.RestoreUiState

@Composable
fun RestoreScreen(parts: AppParts) {
    val state by parts.restore.state.collectAsState()
    val settings by parts.settings.state.collectAsState()
    val choose = photoChooser(parts, settings.settings.keepPlace)
    Page {
        val job = state.job
        when {
            job.isBusy -> ProgressPanel(state, onCancel = parts.restore::cancel)
            state.hasResult -> ResultParts(parts, state)
            job is JobState.Interrupted -> InterruptedPart(parts)
            else -> ChooseIntro(cancelled = job == JobState.Cancelled)
        }
        if (!job.isBusy) {
            if (state.hasResult || job is JobState.Interrupted) {
                OutlinedButton(onClick = choose) { Text(stringResource(R.string.choose_another)) }
            } else {
                Button(onClick = choose) { Text(stringResource(R.string.choose_action)) }
                Small(stringResource(R.string.choose_share_hint))
                if (!settings.settings.keepPlace) Small(stringResource(R.string.choose_place_stripped))
            }
        }
        EngineChip(parts)
    }
    Errors(state, parts.restore::dismissError)
}

/** The picker, which takes the place out of what it gives; or the gallery's own file, where the place is to be kept. */
@Composable
private fun photoChooser(parts: AppParts, keepPlace: Boolean): () -> Unit {
    val take = { uri: Uri? -> uri?.let(parts::import) ?: Unit }
    val picker = rememberLauncherForActivityResult(ActivityResultContracts.PickVisualMedia(), take)
    val documents = rememberLauncherForActivityResult(ActivityResultContracts.OpenDocument(), take)
    val choose = {
        if (keepPlace) documents.launch(arrayOf("image/*"))
        else picker.launch(PickVisualMediaRequest(ActivityResultContracts.PickVisualMedia.ImageOnly))
    }
    // Progress in the background is shown as a notification: asked for as a photo is chosen, and taken as it is.
    val asking = ActivityResultContracts.RequestMultiplePermissions()
    val notifications = rememberLauncherForActivityResult(asking) { choose() }
    val context = LocalContext.current
    return {
        val wanted = Manifest.permission.POST_NOTIFICATIONS
        val asks = Build.VERSION.SDK_INT >= 33 &&
            context.checkSelfPermission(wanted) != PackageManager.PERMISSION_GRANTED
        if (asks) notifications.launch(arrayOf(wanted)) else choose()
    }
}

@Composable
private fun ChooseIntro(cancelled: Boolean) {
    Title(stringResource(R.string.choose_title))
    Body(stringResource(if (cancelled) R.string.progress_cancelled else R.string.choose_text))
}

@Composable
private fun InterruptedPart(parts: AppParts) {
    Title(stringResource(R.string.choose_title))
    Body(stringResource(R.string.progress_interrupted))
    Button(onClick = parts.restore::restore) { Text(stringResource(R.string.progress_again)) }
}

@Composable
private fun ResultParts(parts: AppParts, state: RestoreUiState) {
    ComparePicture(state)
    FoundPanel(state, onKind = parts.restore::setKind)
    KnobsPanel(state, parts.restore)
    SavePanel(state, parts.restore)
}

@Composable
private fun Errors(state: RestoreUiState, onDismiss: () -> Unit) {
    val refused = state.refused
    val job = state.job
    val error = state.error ?: (job as? JobState.Failed)?.let { it.error to it.message } ?: return
    if (refused != null && job is JobState.Failed) {
        Dialog(
            what = stringResource(
                R.string.refuse_too_large,
                refused.megapixels,
                megabytes(refused.needs.memory),
                megabytes(refused.needs.storage),
                megabytes(refused.memory),
                megabytes(refused.storage),
            ),
            remedy = stringResource(R.string.refuse_too_large_remedy),
            details = null,
            onDismiss = onDismiss,
        )
    } else {
        ErrorDialog(error, onDismiss)
    }
}

private fun megabytes(bytes: Long): Int = (bytes / 1_000_000).toInt()
