package androidx.activity

import android.app.Activity
import android.content.Intent
import android.os.Bundle

// androidx.core.app.ComponentActivity and LifecycleOwner stand between the two.
open class ComponentActivity : Activity() {
    protected override fun onCreate(savedInstanceState: Bundle?): Unit = TODO("$savedInstanceState")

    public override fun onNewIntent(intent: Intent): Unit = TODO("$intent")
}

fun ComponentActivity.enableEdgeToEdge(): Unit = TODO("$this")
