package androidx.compose.ui.res

import androidx.compose.runtime.Composable
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.painter.Painter
import androidx.compose.ui.unit.Dp

@Composable
fun stringResource(id: Int): String = TODO("$id")

@Composable
fun stringResource(id: Int, vararg formatArgs: Any): String = TODO("$id $formatArgs")

@Composable
fun colorResource(id: Int): Color = TODO("$id")

@Composable
fun dimensionResource(id: Int): Dp = TODO("$id")

@Composable
fun painterResource(id: Int): Painter = TODO("$id")
