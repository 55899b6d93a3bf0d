package androidx.compose.ui.graphics

import android.graphics.Bitmap

class Color private constructor() {
    companion object {
        val Unspecified: Color get() = TODO()
    }
}

interface Shape

interface ImageBitmap

fun Bitmap.asImageBitmap(): ImageBitmap = TODO("$this")
