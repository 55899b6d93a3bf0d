package androidx.compose.material3

import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.RowScope
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.Shape
import androidx.compose.ui.graphics.painter.Painter
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.unit.TextUnit

class ColorScheme private constructor() {
    val primary: Color get() = TODO()
    val primaryContainer: Color get() = TODO()
    val onPrimaryContainer: Color get() = TODO()
    val surfaceVariant: Color get() = TODO()
    val onSurfaceVariant: Color get() = TODO()
    val error: Color get() = TODO()
}

object MaterialTheme {
    val colorScheme: ColorScheme
        @Composable get() = TODO()
}

@Composable
fun MaterialTheme(colorScheme: ColorScheme = MaterialTheme.colorScheme, content: @Composable () -> Unit): Unit =
    TODO("$colorScheme $content")

fun lightColorScheme(
    primary: Color, onPrimary: Color, primaryContainer: Color, onPrimaryContainer: Color, secondaryContainer: Color,
    onSecondaryContainer: Color, background: Color, onBackground: Color, surface: Color, onSurface: Color,
    surfaceVariant: Color, onSurfaceVariant: Color, outline: Color,
): ColorScheme = darkColorScheme(
    primary, onPrimary, primaryContainer, onPrimaryContainer, secondaryContainer, onSecondaryContainer, background,
    onBackground, surface, onSurface, surfaceVariant, onSurfaceVariant, outline,
)

fun darkColorScheme(
    primary: Color, onPrimary: Color, primaryContainer: Color, onPrimaryContainer: Color, secondaryContainer: Color,
    onSecondaryContainer: Color, background: Color, onBackground: Color, surface: Color, onSurface: Color,
    surfaceVariant: Color, onSurfaceVariant: Color, outline: Color,
): ColorScheme = TODO(
    "$primary $onPrimary $primaryContainer $onPrimaryContainer $secondaryContainer $onSecondaryContainer $background " +
        "$onBackground $surface $onSurface $surfaceVariant $onSurfaceVariant $outline",
)

@Composable
fun Text(
    text: String,
    modifier: Modifier = Modifier,
    color: Color = Color.Unspecified,
    fontSize: TextUnit = TextUnit.Unspecified,
    fontWeight: FontWeight? = null,
): Unit = TODO("$text $modifier $color $fontSize $fontWeight")

@Composable
fun Icon(painter: Painter, contentDescription: String?): Unit = TODO("$painter $contentDescription")

@Composable
fun Surface(
    modifier: Modifier = Modifier,
    shape: Shape,
    color: Color,
    content: @Composable () -> Unit,
): Unit = TODO("$modifier $shape $color $content")

@Composable
fun Button(onClick: () -> Unit, enabled: Boolean = true, content: @Composable RowScope.() -> Unit): Unit =
    TODO("$onClick $enabled $content")

@Composable
fun OutlinedButton(onClick: () -> Unit, enabled: Boolean = true, content: @Composable RowScope.() -> Unit): Unit =
    TODO("$onClick $enabled $content")

@Composable
fun TextButton(onClick: () -> Unit, content: @Composable RowScope.() -> Unit): Unit = TODO("$onClick $content")

@Composable
fun Switch(checked: Boolean, onCheckedChange: ((Boolean) -> Unit)?): Unit = TODO("$checked $onCheckedChange")

@Composable
fun RadioButton(selected: Boolean, onClick: (() -> Unit)?): Unit = TODO("$selected $onClick")

@Composable
fun FilterChip(selected: Boolean, onClick: () -> Unit, label: @Composable () -> Unit): Unit =
    TODO("$selected $onClick $label")

@Composable
fun Slider(
    value: Float,
    onValueChange: (Float) -> Unit,
    modifier: Modifier = Modifier,
    enabled: Boolean = true,
    valueRange: ClosedFloatingPointRange<Float> = 0f..1f,
): Unit = TODO("$value $onValueChange $modifier $enabled $valueRange")

@Composable
fun LinearProgressIndicator(progress: () -> Float, modifier: Modifier = Modifier): Unit = TODO("$progress $modifier")

@Composable
fun LinearProgressIndicator(modifier: Modifier = Modifier): Unit = TODO("$modifier")

@Composable
fun AlertDialog(
    onDismissRequest: () -> Unit,
    confirmButton: @Composable () -> Unit,
    title: @Composable (() -> Unit)? = null,
    text: @Composable (() -> Unit)? = null,
): Unit = TODO("$onDismissRequest $confirmButton $title $text")

@Composable
fun Scaffold(
    modifier: Modifier = Modifier,
    bottomBar: @Composable () -> Unit = {},
    content: @Composable (PaddingValues) -> Unit,
): Unit = TODO("$modifier $bottomBar $content")

@Composable
fun NavigationBar(content: @Composable RowScope.() -> Unit): Unit = TODO("$content")

@Composable
fun RowScope.NavigationBarItem(
    selected: Boolean,
    onClick: () -> Unit,
    icon: @Composable () -> Unit,
    label: @Composable (() -> Unit)? = null,
): Unit = TODO("$this $selected $onClick $icon $label")
