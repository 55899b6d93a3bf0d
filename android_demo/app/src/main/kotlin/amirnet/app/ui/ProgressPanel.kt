/** What is being done, how far it is, how long it takes, and the way out. */
package amirnet.app.ui

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.dimensionResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import amirnet.app.R
import amirnet.logic.job.JobState
import amirnet.logic.job.TimeLeft
import amirnet.logic.ui.RestoreUiState

@Composable
fun ProgressPanel(state: RestoreUiState, onCancel: () -> Unit) {
    val job = state.job
    state.facts?.let { Title(it.title) }
    Panel {
        Bar(job)
        when (job) {
            JobState.Opening -> Body(stringResource(R.string.progress_opening))
            JobState.Looking -> Body(stringResource(R.string.progress_looking))
            JobState.Cancelling -> Body(stringResource(R.string.progress_cancelling))
            is JobState.Running -> {
                Fact(stringResource(R.string.progress_tiles, job.done, job.total), left(state.timeLeft))
                job.smallerTile?.let { Small(stringResource(R.string.progress_smaller_tile, it)) }
            }
            else -> Unit
        }
        Small(stringResource(R.string.progress_background))
        OutlinedButton(onClick = onCancel, enabled = job != JobState.Cancelling) {
            Text(stringResource(R.string.progress_cancel))
        }
    }
}

@Composable
private fun Bar(job: JobState) {
    val size = Modifier.fillMaxWidth().height(dimensionResource(R.dimen.progress_height))
    if (job is JobState.Running) {
        // TalkBack says it now and then, not at each tile.
        val described = stringResource(R.string.progress_described, (job.fraction * 10).toInt() * 10)
        LinearProgressIndicator(
            progress = { job.fraction.toFloat() },
            modifier = size.semantics {
                contentDescription = described
                liveRegion = LiveRegionMode.Polite
            },
        )
    } else {
        LinearProgressIndicator(modifier = size)
    }
}

@Composable
private fun left(time: TimeLeft): String = when (time) {
    TimeLeft.Unknown -> stringResource(R.string.progress_left_unknown)
    is TimeLeft.Seconds -> stringResource(R.string.progress_left_seconds, time.value)
    is TimeLeft.Minutes -> stringResource(R.string.progress_left_minutes, time.value)
}
