package androidx.compose.ui.semantics

import androidx.compose.ui.Modifier

interface SemanticsPropertyReceiver

class Role private constructor() {
    companion object {
        val RadioButton: Role get() = TODO()
        val Switch: Role get() = TODO()
    }
}

class LiveRegionMode private constructor() {
    companion object {
        val Polite: LiveRegionMode get() = TODO()
    }
}

class ProgressBarRangeInfo(val current: Float, val range: ClosedFloatingPointRange<Float>)

fun Modifier.semantics(
    mergeDescendants: Boolean = false,
    properties: (SemanticsPropertyReceiver.() -> Unit),
): Modifier = TODO("$this $mergeDescendants $properties")

fun SemanticsPropertyReceiver.heading(): Unit = TODO("$this")

var SemanticsPropertyReceiver.contentDescription: String
    get() = TODO("$this")
    set(value) = TODO("$this $value")

var SemanticsPropertyReceiver.stateDescription: String
    get() = TODO("$this")
    set(value) = TODO("$this $value")

var SemanticsPropertyReceiver.liveRegion: LiveRegionMode
    get() = TODO("$this")
    set(value) = TODO("$this $value")

var SemanticsPropertyReceiver.progressBarRangeInfo: ProgressBarRangeInfo
    get() = TODO("$this")
    set(value) = TODO("$this $value")

fun SemanticsPropertyReceiver.setProgress(label: String? = null, action: ((Float) -> Boolean)?): Unit =
    TODO("$this $label $action")
