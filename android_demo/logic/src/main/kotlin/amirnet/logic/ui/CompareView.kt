package amirnet.logic.ui

import kotlin.math.max
import kotlin.math.min

/** A rectangle of the photo or of the screen, in pixels. */
data class Frame(val left: Double, val top: Double, val width: Double, val height: Double)

/**
 * Before and after under one transform: whatever is zoomed or moved, both halves stay in step, because there is only
 * one
 * zoom and one centre. The divider stands still on the screen while the photo moves below it.
 *
 * @property zoom 1 shows the whole photo; [centerX], [centerY] are the photo's point (0..1) in the view's middle.
 * @property divider 0..1 of the view's width: left of it before, right of it after.
 */
data class CompareView(
    val photoWidth: Int,
    val photoHeight: Int,
    val viewWidth: Double,
    val viewHeight: Double,
    val zoom: Double = 1.0,
    val centerX: Double = 0.5,
    val centerY: Double = 0.5,
    val divider: Double = 0.5,
) {
    private val fitted: Double get() = min(viewWidth / photoWidth, viewHeight / photoHeight)

    /** Pixels of the screen for one of the photo. */
    val scale: Double get() = fitted * zoom

    /** Where the whole photo lies on the screen; parts of it may lie outside. */
    val placed: Frame
        get() {
            val width = photoWidth * scale
            val height = photoHeight * scale
            return Frame(viewWidth / 2 - centerX * width, viewHeight / 2 - centerY * height, width, height)
        }

    /** Where the divider stands, in pixels from the view's left edge. */
    val dividerX: Double get() = divider * viewWidth

    /** The part of the photo that is to be seen, in its pixels. */
    val visible: Frame
        get() {
            val at = placed
            val left = max(0.0, -at.left / scale)
            val top = max(0.0, -at.top / scale)
            val right = min(photoWidth.toDouble(), (viewWidth - at.left) / scale)
            val bottom = min(photoHeight.toDouble(), (viewHeight - at.top) / scale)
            return Frame(left, top, max(0.0, right - left), max(0.0, bottom - top))
        }

    /** Zoomed by a factor, while the photo's point under ([x], [y]) stays under the fingers. */
    fun zoomedBy(factor: Double, x: Double = viewWidth / 2, y: Double = viewHeight / 2): CompareView {
        val to = (zoom * factor).coerceIn(1.0, mostZoom)
        val at = placed
        val pointX = (x - at.left) / at.width
        val pointY = (y - at.top) / at.height
        val width = photoWidth * fitted * to
        val height = photoHeight * fitted * to
        val center = copy(
            zoom = to,
            centerX = pointX - (x - viewWidth / 2) / width,
            centerY = pointY - (y - viewHeight / 2) / height,
        )
        return center.held()
    }

    /** Moved by so many pixels of the screen. */
    fun movedBy(x: Double, y: Double): CompareView =
        copy(centerX = centerX - x / (photoWidth * scale), centerY = centerY - y / (photoHeight * scale)).held()

    fun dividerAt(x: Double): CompareView =
        copy(divider = if (viewWidth > 0) (x / viewWidth).coerceIn(0.0, 1.0) else 0.5)

    /** For a keyboard and for TalkBack: one step to the right or left. */
    fun dividerStepped(steps: Int): CompareView = copy(divider = (divider + steps * STEP).coerceIn(0.0, 1.0))

    fun resized(width: Double, height: Double): CompareView = copy(viewWidth = width, viewHeight = height).held()

    fun whole(): CompareView = copy(zoom = 1.0, centerX = 0.5, centerY = 0.5)

    /** Four pixels of the screen for one of the photo, and never less than four times the whole. */
    private val mostZoom: Double get() = max(4.0, 4.0 / fitted)

    /** The photo covers the view where it is larger, and is in its middle where it is smaller. */
    private fun held(): CompareView {
        val width = photoWidth * scale
        val height = photoHeight * scale
        fun axis(center: Double, whole: Double, view: Double): Double {
            val half = view / 2 / whole
            return if (half >= 0.5) 0.5 else center.coerceIn(half, 1 - half)
        }
        return copy(centerX = axis(centerX, width, viewWidth), centerY = axis(centerY, height, viewHeight))
    }

    private companion object {
        const val STEP = 0.05
    }
}
