package androidx.compose.ui.graphics.drawscope

import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.unit.Density
import androidx.compose.ui.unit.IntOffset
import androidx.compose.ui.unit.IntSize

interface DrawScope : Density {
    val size: Size

    fun drawLine(color: Color, start: Offset, end: Offset, strokeWidth: Float)

    fun drawRect(color: Color, topLeft: Offset, size: Size)

    fun drawImage(image: ImageBitmap, dstOffset: IntOffset, dstSize: IntSize)
}

inline fun DrawScope.clipRect(
    left: Float = 0.0f,
    top: Float = 0.0f,
    right: Float = size.width,
    bottom: Float = size.height,
    block: DrawScope.() -> Unit,
): Unit = TODO("$left $top $right $bottom ${block(this)}")
