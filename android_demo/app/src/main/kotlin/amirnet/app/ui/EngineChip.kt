/** What runs: engine, accelerator, warm or cold, how hot; and what failed before. */
package amirnet.app.ui

import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.dimensionResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import amirnet.app.AppParts
import amirnet.app.R
import amirnet.logic.engine.EngineChoice
import amirnet.logic.engine.EngineReport
import amirnet.logic.ui.Words

@Composable
fun EngineChip(parts: AppParts) {
    val report by parts.models.report.collectAsState(initial = EngineReport())
    val thermal by parts.phone.thermal.collectAsState()
    val choice = report.choice ?: return Failures(report)
    val line = stringResource(
        R.string.chip_line,
        word(Words.engine(choice.engine)),
        word(Words.accelerator(report.residency?.ran)),
        word(Words.life(report.life)),
        word(Words.thermal(thermal)),
    )
    val label = stringResource(R.string.chip_label) + ": " + line
    Surface(
        modifier = Modifier.semantics(true) { contentDescription = label },
        shape = RoundedCornerShape(percent = 50),
        color = MaterialTheme.colorScheme.primaryContainer,
    ) {
        Text(
            text = line,
            modifier = Modifier.padding(dimensionResource(R.dimen.gap_small)),
            color = MaterialTheme.colorScheme.onPrimaryContainer,
            fontSize = textSize(R.dimen.text_small),
        )
    }
    Small(nodes(report))
    Failures(report)
}

@Composable
private fun nodes(report: EngineReport): String {
    val residency = report.residency
    val on = residency?.nodesOnAccelerator
    val of = residency?.nodes
    return if (on == null || of == null) stringResource(R.string.chip_nodes_unknown)
    else stringResource(R.string.chip_nodes, on, of, word(Words.accelerator(residency.ran)))
}

@Composable
private fun Failures(report: EngineReport) {
    val now = report.choice ?: return
    for (failure in report.failures) Small(fallback(failure.choice, now, failure.reason))
}

@Composable
private fun fallback(failed: EngineChoice, now: EngineChoice, reason: String): String = stringResource(
    R.string.fallback_line,
    word(Words.engine(failed.engine)),
    word(Words.accelerator(failed.accelerator)),
    word(Words.engine(now.engine)),
    word(Words.accelerator(now.accelerator)),
    reason,
)
