/** Colours of res/values/colors.xml, by day and by night. */
package amirnet.app.ui

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.runtime.Composable
import androidx.compose.ui.res.colorResource
import amirnet.app.R

@Composable
fun AmirnetTheme(content: @Composable () -> Unit) {
    val primary = colorResource(R.color.primary)
    val onPrimary = colorResource(R.color.on_primary)
    val primaryContainer = colorResource(R.color.primary_container)
    val onPrimaryContainer = colorResource(R.color.on_primary_container)
    val surface = colorResource(R.color.surface)
    val onSurface = colorResource(R.color.on_surface)
    val container = colorResource(R.color.surface_container)
    val onSurfaceVariant = colorResource(R.color.on_surface_variant)
    val outline = colorResource(R.color.outline)
    val colors = if (isSystemInDarkTheme()) {
        darkColorScheme(
            primary = primary, onPrimary = onPrimary,
            primaryContainer = primaryContainer, onPrimaryContainer = onPrimaryContainer,
            secondaryContainer = primaryContainer, onSecondaryContainer = onPrimaryContainer,
            background = surface, onBackground = onSurface, surface = surface, onSurface = onSurface,
            surfaceVariant = container, onSurfaceVariant = onSurfaceVariant, outline = outline,
        )
    } else {
        lightColorScheme(
            primary = primary, onPrimary = onPrimary,
            primaryContainer = primaryContainer, onPrimaryContainer = onPrimaryContainer,
            secondaryContainer = primaryContainer, onSecondaryContainer = onPrimaryContainer,
            background = surface, onBackground = onSurface, surface = surface, onSurface = onSurface,
            surfaceVariant = container, onSurfaceVariant = onSurfaceVariant, outline = outline,
        )
    }
    MaterialTheme(colorScheme = colors, content = content)
}
