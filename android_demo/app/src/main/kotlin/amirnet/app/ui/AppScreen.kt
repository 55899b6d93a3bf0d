/** The frame around the three screens. */
package amirnet.app.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Icon
import androidx.compose.material3.NavigationBar
import androidx.compose.material3.NavigationBarItem
import androidx.compose.material3.Scaffold
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.dimensionResource
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.stringResource
import amirnet.app.AppParts
import amirnet.app.R

enum class Screen(val title: Int, val icon: Int) {
    RESTORE(R.string.screen_restore, R.drawable.ic_restore),
    BENCHMARK(R.string.screen_benchmark, R.drawable.ic_benchmark),
    SETTINGS(R.string.screen_settings, R.drawable.ic_settings),
}

@Composable
fun AppScreen(parts: AppParts, screen: Screen, onScreen: (Screen) -> Unit) {
    Scaffold(
        modifier = Modifier.fillMaxSize(),
        bottomBar = {
            NavigationBar {
                for (each in Screen.entries) {
                    NavigationBarItem(
                        selected = each == screen,
                        onClick = { onScreen(each) },
                        icon = { Icon(painterResource(each.icon), contentDescription = null) },
                        label = { Text(stringResource(each.title)) },
                    )
                }
            }
        },
    ) { insets ->
        Box(modifier = Modifier.fillMaxSize().padding(insets), contentAlignment = Alignment.TopCenter) {
            when (screen) {
                Screen.RESTORE -> RestoreScreen(parts)
                Screen.BENCHMARK -> BenchmarkScreen(parts)
                Screen.SETTINGS -> SettingsScreen(parts)
            }
        }
    }
}

/** A page that scrolls, no wider than reads well. */
@Composable
fun Page(content: @Composable ColumnScope.() -> Unit) {
    Column(
        modifier = Modifier
            .widthIn(max = dimensionResource(R.dimen.content_width))
            .fillMaxWidth()
            .verticalScroll(rememberScrollState())
            .padding(dimensionResource(R.dimen.page_margin)),
        verticalArrangement = Arrangement.spacedBy(dimensionResource(R.dimen.gap)),
        content = content,
    )
}
