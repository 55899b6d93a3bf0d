// For Android Studio and Gradle. On a desk without them, tools/test.sh compiles and tests the same sources.
pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositories {
        google()
        mavenCentral()
    }
}

rootProject.name = "amirnet-android"
include(":runtime", ":engines")
