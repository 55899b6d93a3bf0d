package androidx.compose.runtime

import kotlin.reflect.KProperty
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.StateFlow

@MustBeDocumented
@Retention(AnnotationRetention.BINARY)
@Target(
    AnnotationTarget.FUNCTION,
    AnnotationTarget.TYPE,
    AnnotationTarget.TYPE_PARAMETER,
    AnnotationTarget.PROPERTY_GETTER,
)
annotation class Composable

interface State<out T> {
    val value: T
}

interface MutableState<T> : State<T> {
    override var value: T
}

fun <T> mutableStateOf(value: T): MutableState<T> = TODO("$value")

operator fun <T> State<T>.getValue(thisObj: Any?, property: KProperty<*>): T = TODO("$thisObj $property")

operator fun <T> MutableState<T>.setValue(thisObj: Any?, property: KProperty<*>, value: T): Unit =
    TODO("$thisObj $property $value")

@Composable
inline fun <T> remember(key1: Any?, crossinline calculation: () -> T): T = TODO("$key1 ${calculation()}")

@Composable
inline fun <T> remember(crossinline calculation: () -> T): T = TODO("${calculation()}")

@Composable
inline fun <T> remember(key1: Any?, key2: Any?, key3: Any?, crossinline calculation: () -> T): T =
    TODO("$key1 $key2 $key3 ${calculation()}")

@Composable
fun <T> StateFlow<T>.collectAsState(): State<T> = TODO("$this")

@Composable
fun <T : R, R> Flow<T>.collectAsState(initial: R): State<R> = TODO("$this $initial")

abstract class CompositionLocal<T> private constructor() {
    val current: T
        @Composable get() = TODO()
}
