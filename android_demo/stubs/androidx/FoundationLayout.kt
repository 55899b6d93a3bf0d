package androidx.compose.foundation.layout

import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.Density
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.IntOffset

interface PaddingValues

interface ColumnScope

interface RowScope {
    fun Modifier.weight(weight: Float, fill: Boolean = true): Modifier
}

interface BoxScope {
    fun Modifier.align(alignment: Alignment): Modifier
}

@RequiresOptIn
annotation class ExperimentalLayoutApi

interface FlowRowScope : RowScope

object Arrangement {
    interface Horizontal

    interface Vertical

    interface HorizontalOrVertical : Horizontal, Vertical

    val Top: Vertical get() = TODO()
    val Start: Horizontal get() = TODO()
    val SpaceBetween: HorizontalOrVertical get() = TODO()

    fun spacedBy(space: Dp): HorizontalOrVertical = TODO("$space")
}

@Composable
fun Column(
    modifier: Modifier = Modifier,
    verticalArrangement: Arrangement.Vertical = Arrangement.Top,
    content: @Composable ColumnScope.() -> Unit,
): Unit = TODO("$modifier $verticalArrangement $content")

@Composable
fun Row(
    modifier: Modifier = Modifier,
    horizontalArrangement: Arrangement.Horizontal = Arrangement.Start,
    verticalAlignment: Alignment.Vertical = Alignment.Top,
    content: @Composable RowScope.() -> Unit,
): Unit = TODO("$modifier $horizontalArrangement $verticalAlignment $content")

@Composable
fun Box(
    modifier: Modifier = Modifier,
    contentAlignment: Alignment = Alignment.TopStart,
    content: @Composable BoxScope.() -> Unit,
): Unit = TODO("$modifier $contentAlignment $content")

@ExperimentalLayoutApi
@Composable
fun FlowRow(
    modifier: Modifier = Modifier,
    horizontalArrangement: Arrangement.Horizontal = Arrangement.Start,
    content: @Composable FlowRowScope.() -> Unit,
): Unit = TODO("$modifier $horizontalArrangement $content")

fun Modifier.fillMaxSize(): Modifier = TODO("$this")

fun Modifier.fillMaxWidth(): Modifier = TODO("$this")

fun Modifier.height(height: Dp): Modifier = TODO("$this $height")

fun Modifier.size(size: Dp): Modifier = TODO("$this $size")

fun Modifier.heightIn(min: Dp): Modifier = TODO("$this $min")

fun Modifier.widthIn(max: Dp): Modifier = TODO("$this $max")

fun Modifier.aspectRatio(ratio: Float): Modifier = TODO("$this $ratio")

fun Modifier.padding(all: Dp): Modifier = TODO("$this $all")

fun Modifier.padding(paddingValues: PaddingValues): Modifier = TODO("$this $paddingValues")

fun Modifier.offset(offset: Density.() -> IntOffset): Modifier = TODO("$this $offset")
