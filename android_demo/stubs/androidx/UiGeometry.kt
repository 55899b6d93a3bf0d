package androidx.compose.ui.geometry

class Offset private constructor() {
    val x: Float get() = TODO()
    val y: Float get() = TODO()

    companion object {
        val Zero: Offset get() = TODO()
    }
}

fun Offset(x: Float, y: Float): Offset = TODO("$x $y")

class Size(val width: Float, val height: Float)
