package androidx.compose.ui.platform

import android.content.Context
import androidx.compose.runtime.CompositionLocal

// A ProvidableCompositionLocal, which is one.
val LocalContext: CompositionLocal<Context> get() = TODO()
