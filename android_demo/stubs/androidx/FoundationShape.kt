package androidx.compose.foundation.shape

import androidx.compose.ui.graphics.Shape
import androidx.compose.ui.unit.Dp

// A CornerBasedShape, which is a Shape.
class RoundedCornerShape private constructor() : Shape

fun RoundedCornerShape(size: Dp): RoundedCornerShape = TODO("$size")

fun RoundedCornerShape(percent: Int): RoundedCornerShape = TODO("$percent")
