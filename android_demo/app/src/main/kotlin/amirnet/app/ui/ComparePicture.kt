/** Before and after under the finger: one transform for both halves, a divider that stays on the screen. */
package amirnet.app.ui

import android.graphics.Bitmap
import androidx.compose.foundation.Canvas
import androidx.compose.foundation.background
import androidx.compose.foundation.focusable
import androidx.compose.foundation.gestures.detectDragGestures
import androidx.compose.foundation.gestures.detectTransformGestures
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.BoxScope
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.offset
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.asImageBitmap
import androidx.compose.ui.graphics.drawscope.DrawScope
import androidx.compose.ui.graphics.drawscope.clipRect
import androidx.compose.ui.input.key.Key
import androidx.compose.ui.input.key.KeyEventType
import androidx.compose.ui.input.key.key
import androidx.compose.ui.input.key.onKeyEvent
import androidx.compose.ui.input.key.type
import androidx.compose.ui.input.pointer.pointerInput
import androidx.compose.ui.layout.onSizeChanged
import androidx.compose.ui.res.colorResource
import androidx.compose.ui.res.dimensionResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.ProgressBarRangeInfo
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.progressBarRangeInfo
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.semantics.setProgress
import androidx.compose.ui.semantics.stateDescription
import androidx.compose.ui.unit.IntOffset
import androidx.compose.ui.unit.IntSize
import amirnet.app.R
import amirnet.logic.ui.CompareView
import amirnet.logic.ui.LivePicture
import amirnet.logic.ui.RestoreUiState
import amirnet.runtime.Pixels
import kotlin.math.roundToInt

/** Changes the view by what it is at that moment: a gesture may outlive the composition that it began in. */
private typealias Change = ((CompareView) -> CompareView) -> Unit

@Composable
fun ComparePicture(state: RestoreUiState) {
    val preview = state.preview ?: return
    val before = remember(preview) { image(preview.before) }
    val after = remember(preview, state.choices, state.applied) { LivePicture.of(state)?.let(::image) } ?: before
    val (width, height) = preview.before.width to preview.before.height
    var view by remember(preview) { mutableStateOf(CompareView(width, height, 1.0, 1.0)) }
    Box(
        modifier = Modifier
            .fillMaxWidth()
            .heightIn(min = dimensionResource(R.dimen.picture_least))
            .aspectRatio((width.toFloat() / height).coerceIn(LEAST_RATIO, MOST_RATIO))
            .clip(RoundedCornerShape(dimensionResource(R.dimen.card_corner)))
            .background(colorResource(R.color.stage))
            .onSizeChanged { view = view.resized(it.width.toDouble(), it.height.toDouble()) },
    ) {
        Picture(view, before, after) { view = it(view) }
        Handle(view) { view = it(view) }
        Label(stringResource(R.string.compare_before), Alignment.TopStart)
        Label(stringResource(R.string.compare_after), Alignment.TopEnd)
    }
    if (LivePicture.isLightPreview(state)) Small(stringResource(R.string.light_preview))
}

/** Pinch and drag move both halves; plus, minus and zero do the same from a keyboard. */
@Composable
private fun Picture(view: CompareView, before: ImageBitmap, after: ImageBitmap, change: Change) {
    val described = stringResource(R.string.compare_picture_label)
    val zoomed = stringResource(R.string.compare_zoom_value, "%.1f".format(view.zoom))
    val line = colorResource(R.color.on_label)
    val lineWidth = dimensionResource(R.dimen.divider_width)
    Canvas(
        modifier = Modifier
            .fillMaxSize()
            .pointerInput(Unit) {
                detectTransformGestures { at, pan, zoom, _ ->
                    change {
                        it.zoomedBy(zoom.toDouble(), at.x.toDouble(), at.y.toDouble())
                            .movedBy(pan.x.toDouble(), pan.y.toDouble())
                    }
                }
            }
            .onKeyEvent { event ->
                val act = if (event.type == KeyEventType.KeyDown) keys[event.key] else null
                act?.let(change)
                act != null
            }
            .focusable()
            .semantics {
                contentDescription = described
                stateDescription = zoomed
            },
    ) {
        clipRect(right = view.dividerX.toFloat()) { draw(before, view) }
        clipRect(left = view.dividerX.toFloat()) { draw(after, view) }
        val x = view.dividerX.toFloat()
        drawLine(color = line, start = Offset(x, 0f), end = Offset(x, size.height), strokeWidth = lineWidth.toPx())
    }
}

private val keys: Map<Key, (CompareView) -> CompareView> = mapOf(
    Key.Plus to { it.zoomedBy(KEY_ZOOM) },
    Key.Equals to { it.zoomedBy(KEY_ZOOM) },
    Key.Minus to { it.zoomedBy(1 / KEY_ZOOM) },
    Key.Zero to { it.whole() },
    Key.DirectionLeft to { it.dividerStepped(-1) },
    Key.DirectionRight to { it.dividerStepped(1) },
)

/** The divider's handle: dragged by a finger, and a slider for TalkBack. */
@Composable
private fun Handle(view: CompareView, change: Change) {
    val label = stringResource(R.string.compare_slider_label)
    val told = stringResource(R.string.compare_slider_value, (view.divider * 100).roundToInt())
    val size = dimensionResource(R.dimen.divider_handle)
    Box(
        modifier = Modifier
            .offset {
                val half = size.roundToPx() / 2
                IntOffset(view.dividerX.roundToInt() - half, (view.viewHeight / 2).roundToInt() - half)
            }
            .size(size)
            .clip(RoundedCornerShape(percent = 50))
            .background(colorResource(R.color.label))
            .pointerInput(Unit) { detectDragGestures { _, by -> change { it.dividerAt(it.dividerX + by.x) } } }
            .semantics {
                contentDescription = label
                stateDescription = told
                progressBarRangeInfo = ProgressBarRangeInfo(view.divider.toFloat(), 0f..1f)
                setProgress { to ->
                    change { it.copy(divider = to.toDouble().coerceIn(0.0, 1.0)) }
                    true
                }
            },
        contentAlignment = Alignment.Center,
    ) {
        Text(text = "‹ ›", color = colorResource(R.color.on_label))
    }
}

@Composable
private fun BoxScope.Label(text: String, at: Alignment) {
    Text(
        text = text,
        modifier = Modifier
            .align(at)
            .padding(dimensionResource(R.dimen.gap_small))
            .clip(RoundedCornerShape(dimensionResource(R.dimen.label_corner)))
            .background(colorResource(R.color.label))
            .padding(dimensionResource(R.dimen.gap_small)),
        color = colorResource(R.color.on_label),
        fontSize = textSize(R.dimen.text_small),
    )
}

private fun DrawScope.draw(picture: ImageBitmap, view: CompareView) {
    val at = view.placed
    drawImage(
        image = picture,
        dstOffset = IntOffset(at.left.roundToInt(), at.top.roundToInt()),
        dstSize = IntSize(at.width.roundToInt(), at.height.roundToInt()),
    )
}

private fun image(pixels: Pixels): ImageBitmap {
    val colors = IntArray(pixels.width * pixels.height) { place ->
        val (y, x) = place / pixels.width to place % pixels.width
        OPAQUE or (pixels.level(y, x, 0) shl 16) or (pixels.level(y, x, 1) shl 8) or pixels.level(y, x, 2)
    }
    return Bitmap.createBitmap(colors, pixels.width, pixels.height, Bitmap.Config.ARGB_8888).asImageBitmap()
}

private const val OPAQUE = 0xFF shl 24
private const val KEY_ZOOM = 1.25
private const val LEAST_RATIO = 0.7f
private const val MOST_RATIO = 1.8f
