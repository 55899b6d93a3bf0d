// For Android Studio and Gradle. On a desk without them, tools/test.sh and tools/check_app.sh compile the same sources.
pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositoriesMode = RepositoriesMode.FAIL_ON_PROJECT_REPOS
    repositories {
        google()
        mavenCentral()
    }
}

rootProject.name = "amirnet-android"
include(":runtime", ":engines", ":engines:litert", ":logic", ":app")
