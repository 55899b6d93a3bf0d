/** Measure, watch the curve, read the verdict, share the JSON. */
package amirnet.app.ui

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.material3.Button
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.res.dimensionResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.core.content.FileProvider
import amirnet.app.AppParts
import amirnet.app.R
import amirnet.logic.benchmark.Minute
import amirnet.logic.benchmark.PhoneResult
import amirnet.logic.benchmark.Plan
import amirnet.logic.benchmark.Reason
import amirnet.logic.benchmark.Stage
import amirnet.logic.benchmark.Summary
import amirnet.logic.benchmark.Verdict
import amirnet.logic.ui.BenchmarkModel
import amirnet.logic.ui.BenchmarkUiState
import amirnet.logic.ui.Words
import java.io.File

@Composable
fun BenchmarkScreen(parts: AppParts) {
    val state by parts.benchmark.state.collectAsState()
    val model = parts.benchmark
    Page {
        Title(stringResource(R.string.screen_benchmark))
        if (state.stage == null) Start(model) else Running(state, model::stop)
        state.result?.let { Result(state, it) }
        EngineChip(parts)
    }
    state.error?.let { ErrorDialog(it, model::dismissError) }
}

@Composable
private fun Start(model: BenchmarkModel) {
    Body(stringResource(R.string.benchmark_intro))
    Button(onClick = { model.start(Plan(minutes = 0)) }) { Text(stringResource(R.string.benchmark_start)) }
    OutlinedButton(onClick = { model.start(Plan()) }) { Text(stringResource(R.string.benchmark_start_long)) }
}

@Composable
private fun Running(state: BenchmarkUiState, onStop: () -> Unit) {
    Panel {
        LinearProgressIndicator(modifier = Modifier.fillMaxWidth().height(dimensionResource(R.dimen.progress_height)))
        when (val stage = state.stage) {
            Stage.Loading -> Body(stringResource(R.string.benchmark_cold_load))
            Stage.Tiles -> Body(stringResource(R.string.benchmark_steady))
            Stage.Photo -> Body(stringResource(R.string.benchmark_photo))
            is Stage.UnderLoad -> Body(stringResource(R.string.benchmark_minute, stage.minute, stage.of))
            null -> Unit
        }
        if (state.minutes.isNotEmpty()) Curve(state.minutes)
        OutlinedButton(onClick = onStop, enabled = !state.stopping) { Text(stringResource(R.string.benchmark_stop)) }
    }
}

@Composable
private fun Result(state: BenchmarkUiState, result: PhoneResult) {
    val context = LocalContext.current
    val measured = result.measured
    Panel {
        VerdictLines(result.verdict, measured.steady)
        Fact(stringResource(R.string.benchmark_cold_load), seconds(measured.cold))
        Fact(stringResource(R.string.benchmark_warm_load), seconds(measured.warm))
        Fact(stringResource(R.string.benchmark_first_run), milliseconds(measured.firstRun))
        Heading(stringResource(R.string.benchmark_steady))
        Body(quantiles(measured.steady))
        Fact(stringResource(R.string.benchmark_photo), seconds(measured.wholePhoto?.p50))
        measured.minutes?.let {
            Heading(stringResource(R.string.benchmark_sustained))
            Curve(it)
        }
        val tethered = result.conditions.tethered
        val energy = if (tethered) R.string.benchmark_energy_tethered else R.string.benchmark_not_measured
        Fact(stringResource(R.string.benchmark_energy), stringResource(energy))
        state.file?.let { file ->
            Button(
                onClick = {
                    val uri = FileProvider.getUriForFile(context, "${context.packageName}.files", File(file))
                    share(context, uri, "application/json")
                },
            ) { Text(stringResource(R.string.benchmark_share)) }
        }
    }
}

@Composable
private fun VerdictLines(verdict: Verdict, steady: Summary) {
    Heading(stringResource(if (verdict.valid) R.string.verdict_valid else R.string.verdict_invalid))
    for (reason in verdict.reasons) {
        val line = when (reason) {
            Reason.FEW_RUNS -> stringResource(R.string.verdict_few_runs, Verdict.FEWEST_RUNS)
            Reason.SPREAD -> stringResource(R.string.verdict_spread, "%.2f".format(steady.p90 / steady.p50))
            else -> word(Words.reason(reason))
        }
        Small("• $line")
    }
}

/** A column a minute, from 0 up, so that nothing looks larger than it is. */
@Composable
private fun Curve(minutes: List<Minute>) {
    val most = minutes.maxOf { it.p50 }
    val described = stringResource(
        R.string.benchmark_sustained_described,
        "%.1f".format(1000 * minutes.first().p50),
        "%.1f".format(1000 * minutes.last().p50),
    )
    val cool = MaterialTheme.colorScheme.primary
    val hot = MaterialTheme.colorScheme.error
    Canvas(
        modifier = Modifier
            .fillMaxWidth()
            .height(dimensionResource(R.dimen.curve_height))
            .semantics { contentDescription = described },
    ) {
        val step = size.width / minutes.size
        minutes.forEachIndexed { place, minute ->
            val tall = (minute.p50 / most).toFloat() * size.height
            drawRect(
                color = if (minute.thermal.throttles) hot else cool,
                topLeft = Offset(place * step, size.height - tall),
                size = Size(step * COLUMN, tall),
            )
        }
    }
    Small(described)
}

@Composable
private fun seconds(value: Double?): String =
    if (value == null) stringResource(R.string.benchmark_not_measured)
    else stringResource(R.string.benchmark_seconds, "%.2f".format(value))

@Composable
private fun milliseconds(value: Double): String =
    stringResource(R.string.benchmark_milliseconds, "%.1f".format(1000 * value))

@Composable
private fun quantiles(row: Summary): String {
    val (p50, p90, p99) = listOf(row.p50, row.p90, row.p99).map { "%.1f".format(1000 * it) }
    return stringResource(R.string.benchmark_quantiles, p50, p90, p99)
}

private const val COLUMN = 0.7f
