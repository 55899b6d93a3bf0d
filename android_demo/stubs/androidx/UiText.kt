package androidx.compose.ui.text.font

class FontWeight(val weight: Int) {
    companion object {
        val SemiBold: FontWeight get() = TODO()
    }
}
