// The engines. ONNX Runtime's classes are compiled against only: an app adds com.microsoft.onnxruntime:onnxruntime-android,
// a desk com.microsoft.onnxruntime:onnxruntime. The tests of this module need the photos of tools/expected_photos.py, and
// are run by tools/test.sh.
plugins {
    kotlin("jvm") version "2.4.20"
    `java-library`
}

kotlin {
    jvmToolchain(17)
    compilerOptions {
        allWarningsAsErrors = true
        extraWarnings = true
        progressiveMode = true
    }
}

dependencies {
    api(project(":runtime"))
    compileOnly("com.microsoft.onnxruntime:onnxruntime:1.27.0")
}

// They need both modules' test classes, the project's bundles, and a library of ONNX Runtime: see tools/test.sh.
tasks.test { enabled = false }

tasks.compileTestKotlin { enabled = false }
