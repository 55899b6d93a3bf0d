// AGP 9 compiles Kotlin itself, by the newest Kotlin Gradle plugin on this class path: that of kotlin.jvm.
plugins {
    alias(libs.plugins.android.application) apply false
    alias(libs.plugins.android.library) apply false
    alias(libs.plugins.kotlin.jvm) apply false
    alias(libs.plugins.compose.compiler) apply false
}
