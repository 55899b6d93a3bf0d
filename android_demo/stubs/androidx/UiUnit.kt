package androidx.compose.ui.unit

class Dp(val value: Float)

class TextUnit private constructor() {
    companion object {
        val Unspecified: TextUnit get() = TODO()
    }
}

val Float.sp: TextUnit get() = TODO()

class IntOffset private constructor() {
    companion object {
        val Zero: IntOffset get() = TODO()
    }
}

fun IntOffset(x: Int, y: Int): IntOffset = TODO("$x $y")

class IntSize private constructor() {
    val width: Int get() = TODO()
    val height: Int get() = TODO()
}

fun IntSize(width: Int, height: Int): IntSize = TODO("$width $height")

interface Density {
    fun Dp.toPx(): Float

    fun Dp.roundToPx(): Int
}
