package androidx.compose.foundation

import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.drawscope.DrawScope

@Composable
fun Canvas(modifier: Modifier, onDraw: DrawScope.() -> Unit): Unit = TODO("$modifier $onDraw")

@Composable
fun isSystemInDarkTheme(): Boolean = TODO()

class ScrollState private constructor()

@Composable
fun rememberScrollState(): ScrollState = TODO()

fun Modifier.verticalScroll(state: ScrollState): Modifier = TODO("$this $state")

fun Modifier.background(color: Color): Modifier = TODO("$this $color")

fun Modifier.focusable(enabled: Boolean = true): Modifier = TODO("$this $enabled")
