package androidx.compose.ui.input.pointer

import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.Density

interface PointerInputScope : Density

class PointerInputChange private constructor()

fun interface PointerInputEventHandler {
    suspend operator fun PointerInputScope.invoke()
}

fun Modifier.pointerInput(key1: Any?, block: PointerInputEventHandler): Modifier = TODO("$this $key1 $block")
