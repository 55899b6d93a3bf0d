// LiteRT's engine: the part of the engines that is Android's alone.
plugins {
    alias(libs.plugins.android.library)
}

android {
    namespace = "amirnet.engines.litert"
    compileSdk = 36
    defaultConfig { minSdk = 26 }
}

kotlin {
    jvmToolchain(17)
    compilerOptions { allWarningsAsErrors = true }
}

dependencies {
    api(project(":runtime"))
    api(project(":engines"))
    implementation(libs.litert)
}
