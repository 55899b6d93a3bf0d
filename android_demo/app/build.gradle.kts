plugins {
    alias(libs.plugins.android.application)
    alias(libs.plugins.compose.compiler)
}

android {
    namespace = "amirnet.app"
    compileSdk = 36

    defaultConfig {
        applicationId = "org.amirnet.demo"
        minSdk = 26
        targetSdk = 36
        versionCode = 1
        versionName = "0.1.0"
        ndk { abiFilters += listOf("arm64-v8a", "x86_64") } // both libraries' own are of 16 KB pages
    }
    buildFeatures {
        compose = true
        buildConfig = true
    }
    androidResources {
        noCompress += listOf("tflite", "onnx")
        localeFilters += listOf("en", "de")
    }
    // The sealed bundles that the Python SDK ships, as they are: assets/mobile, assets/tiny.
    sourceSets["main"].assets.directories.add(rootDir.parentFile.resolve("sdk/amirnet/bundles").path)
    packaging { jniLibs { useLegacyPackaging = false } } // mapped out of the package, at 16 KB
    lint {
        warningsAsErrors = true
        abortOnError = true
        // Versions are pinned.
        disable += listOf("GradleDependency", "NewerVersionAvailable", "AndroidGradlePluginVersion")
    }
    buildTypes {
        release { isMinifyEnabled = false } // the contract's error names are looked up by class
    }
}

kotlin {
    jvmToolchain(17)
    compilerOptions { allWarningsAsErrors = true }
}

dependencies {
    implementation(project(":logic"))
    implementation(project(":engines"))
    implementation(project(":engines:litert"))
    implementation(libs.litert)
    implementation(libs.onnxruntime.android)
    implementation(libs.coroutines.android)
    implementation(platform(libs.compose.bom))
    implementation(libs.compose.ui)
    implementation(libs.compose.foundation)
    implementation(libs.compose.material3)
    implementation(libs.activity.compose)
    implementation(libs.core)
    implementation(libs.annotation)
}
