/** What several screens are made of, and how a key of strings.xml becomes a word. */
package amirnet.app.ui

import android.annotation.SuppressLint
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.res.dimensionResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.unit.TextUnit
import androidx.compose.ui.unit.sp
import amirnet.app.R
import amirnet.logic.ui.Words

/** The word for a key that amirnet.logic.ui.Words gives; a test of that module holds keys and words together. */
@SuppressLint("DiscouragedApi") // the keys are made where Android is not known
@Composable
fun word(key: String): String {
    val context = LocalContext.current
    return stringResource(context.resources.getIdentifier(key, "string", context.packageName))
}

/** The word for a kind of damage; a kind that the app has no word for is shown by its name. */
@Composable
fun kindWord(kind: String): String = Words.kind(kind)?.let { word(it) } ?: kind

/** A size of dimens.xml as text; it grows with the user's font size. */
@Composable
fun textSize(id: Int): TextUnit {
    val resources = LocalContext.current.resources
    return (resources.getDimension(id) / resources.displayMetrics.scaledDensity).sp
}

@Composable
fun Title(text: String) {
    Text(
        text = text,
        modifier = Modifier.semantics { heading() },
        fontSize = textSize(R.dimen.text_title),
        fontWeight = FontWeight.SemiBold,
    )
}

@Composable
fun Heading(text: String) {
    Text(
        text = text,
        modifier = Modifier.semantics { heading() },
        fontSize = textSize(R.dimen.text_heading),
        fontWeight = FontWeight.SemiBold,
    )
}

@Composable
fun Body(text: String, modifier: Modifier = Modifier) {
    Text(text = text, modifier = modifier, fontSize = textSize(R.dimen.text_body))
}

@Composable
fun Small(text: String, modifier: Modifier = Modifier) {
    val color = MaterialTheme.colorScheme.onSurfaceVariant
    Text(text = text, modifier = modifier, color = color, fontSize = textSize(R.dimen.text_small))
}

@Composable
fun Panel(content: @Composable ColumnScope.() -> Unit) {
    Surface(
        modifier = Modifier.fillMaxWidth(),
        shape = RoundedCornerShape(dimensionResource(R.dimen.card_corner)),
        color = MaterialTheme.colorScheme.surfaceVariant,
    ) {
        Column(
            modifier = Modifier.padding(dimensionResource(R.dimen.card_padding)),
            verticalArrangement = Arrangement.spacedBy(dimensionResource(R.dimen.gap_small)),
            content = content,
        )
    }
}

/** A line of a list: a name, and what it is. */
@Composable
fun Fact(name: String, value: String) {
    Row(
        modifier = Modifier.fillMaxWidth().heightIn(min = dimensionResource(R.dimen.gap)).semantics(true) {},
        horizontalArrangement = Arrangement.SpaceBetween,
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Body(name)
        Body(value)
    }
}

/** An error by the contract's name: what happened, what helps, and the runtime's own line for who asks. */
@Composable
fun ErrorDialog(error: Pair<String, String>, onDismiss: () -> Unit) {
    val (name, line) = error
    val details = stringResource(R.string.error_details) + ": " + line
    Dialog(word(Words.error(name)), word(Words.remedy(name)), details, onDismiss)
}

@Composable
fun Dialog(what: String, remedy: String, details: String?, onDismiss: () -> Unit) {
    AlertDialog(
        onDismissRequest = onDismiss,
        confirmButton = { TextButton(onClick = onDismiss) { Text(stringResource(R.string.error_dismiss)) } },
        title = { Text(stringResource(R.string.error_title)) },
        text = {
            Column(verticalArrangement = Arrangement.spacedBy(dimensionResource(R.dimen.gap_small))) {
                Body(what)
                Body(remedy)
                if (details != null) Small(details)
            }
        },
    )
}
