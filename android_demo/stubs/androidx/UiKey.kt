package androidx.compose.ui.input.key

import androidx.compose.ui.Modifier

class Key private constructor() {
    companion object {
        val Plus: Key get() = TODO()
        val Equals: Key get() = TODO()
        val Minus: Key get() = TODO()
        val Zero: Key get() = TODO()
        val DirectionLeft: Key get() = TODO()
        val DirectionRight: Key get() = TODO()
    }
}

class KeyEventType private constructor() {
    companion object {
        val KeyDown: KeyEventType get() = TODO()
    }
}

class KeyEvent private constructor()

val KeyEvent.key: Key get() = TODO()

val KeyEvent.type: KeyEventType get() = TODO()

fun Modifier.onKeyEvent(onKeyEvent: (KeyEvent) -> Boolean): Modifier = TODO("$this $onKeyEvent")
