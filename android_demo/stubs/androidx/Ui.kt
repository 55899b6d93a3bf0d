package androidx.compose.ui

interface Modifier {
    companion object : Modifier
}

interface Alignment {
    interface Horizontal

    interface Vertical

    companion object {
        val TopStart: Alignment get() = TODO()
        val TopCenter: Alignment get() = TODO()
        val TopEnd: Alignment get() = TODO()
        val Center: Alignment get() = TODO()
        val Top: Vertical get() = TODO()
        val CenterVertically: Vertical get() = TODO()
    }
}
