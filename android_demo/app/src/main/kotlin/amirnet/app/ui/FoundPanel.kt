/** What was found, in words with how sure; and a way to say that it is something else. */
package amirnet.app.ui

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.selection.selectable
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.RadioButton
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.dimensionResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.Role
import amirnet.app.R
import amirnet.logic.ui.Found
import amirnet.logic.ui.RestoreUiState
import amirnet.logic.ui.Words
import kotlin.math.roundToInt

@Composable
fun FoundPanel(state: RestoreUiState, onKind: (String?) -> Unit) {
    val found = state.found ?: return
    var asking by remember { mutableStateOf(false) }
    Panel {
        Heading(stringResource(R.string.found_title))
        Body(sentence(found))
        found.second?.takeIf { found.said == null }?.let { (kind, share) ->
            Small(stringResource(R.string.found_next, kindWord(kind), percent(share)))
        }
        if (found.leftAlone) Body(stringResource(R.string.found_left_alone))
        found.brightened?.let { (before, after) -> Small(stringResource(R.string.found_brightened, before, after)) }
        found.changeDb?.takeIf { !found.leftAlone }?.let {
            Small(stringResource(R.string.found_change, "%.1f".format(it)))
        }
        if (state.kinds.isNotEmpty()) {
            TextButton(onClick = { asking = true }) { Text(stringResource(R.string.found_correct)) }
        }
    }
    if (asking) {
        KindDialog(state, onDismiss = { asking = false }) {
            onKind(it)
            asking = false
        }
    }
}

@Composable
private fun sentence(found: Found): String {
    val said = found.said
    val first = found.first
    return when {
        said != null -> stringResource(R.string.found_by_user, kindWord(said))
        first == null -> stringResource(R.string.found_unknown)
        else -> {
            val (kind, share) = first
            stringResource(R.string.found_line, kindWord(kind), word(Words.sure(share)), percent(share))
        }
    }
}

private fun percent(share: Double): Int = (100 * share).roundToInt()

@Composable
private fun KindDialog(state: RestoreUiState, onDismiss: () -> Unit, onKind: (String?) -> Unit) {
    AlertDialog(
        onDismissRequest = onDismiss,
        confirmButton = { TextButton(onClick = onDismiss) { Text(stringResource(R.string.action_back)) } },
        title = { Text(stringResource(R.string.found_correct_title)) },
        text = {
            Column(modifier = Modifier.selectableGroup()) {
                Choice(stringResource(R.string.found_correct_automatic), state.choices.kind == null) { onKind(null) }
                for (kind in state.kinds) Choice(kindWord(kind), state.choices.kind == kind) { onKind(kind) }
            }
        },
    )
}

/** One of several: the whole row is the target, and TalkBack says whether it is the one. */
@Composable
fun Choice(text: String, selected: Boolean, onClick: () -> Unit) {
    Row(
        modifier = Modifier
            .fillMaxWidth()
            .heightIn(min = dimensionResource(R.dimen.touch))
            .selectable(selected = selected, role = Role.RadioButton, onClick = onClick),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        RadioButton(selected = selected, onClick = null)
        Body(text)
    }
}
