/** What the phone tells of itself: heat, power, memory, and whether the app is in front. */
package amirnet.app

import android.app.ActivityManager
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.content.pm.ApplicationInfo
import android.os.BatteryManager
import android.os.Build
import android.os.PowerManager
import amirnet.logic.benchmark.Thermal
import java.io.File
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow

class PhoneState(private val context: Context) {
    private val power = context.getSystemService(PowerManager::class.java)
    private val activities = context.getSystemService(ActivityManager::class.java)
    private val heat = MutableStateFlow(thermalNow())

    /** How hot the phone is, as it changes; unknown below Android 10. */
    val thermal: StateFlow<Thermal> = heat.asStateFlow()

    /** Whether the app's window is in front; the activity says so. */
    @Volatile
    var inFront: Boolean = false

    init {
        if (Build.VERSION.SDK_INT >= 29) power.addThermalStatusListener { heat.value = Thermal.ofAndroid(it) }
    }

    fun thermalNow(): Thermal =
        if (Build.VERSION.SDK_INT >= 29) Thermal.ofAndroid(power.currentThermalStatus) else Thermal.UNKNOWN

    /** 1 where the system begins to throttle; null where it does not tell, or was asked too often. */
    fun headroom(): Double? =
        if (Build.VERSION.SDK_INT < 30) null
        else power.getThermalHeadroom(0).toDouble().takeIf { it.isFinite() && it >= 0 }

    val lowPower: Boolean get() = power.isPowerSaveMode

    private fun battery(): Intent? = context.registerReceiver(null, IntentFilter(Intent.ACTION_BATTERY_CHANGED))

    val tethered: Boolean get() = (battery()?.getIntExtra(BatteryManager.EXTRA_PLUGGED, 0) ?: 0) != 0

    val batteryPercent: Int?
        get() {
            val now = battery() ?: return null
            val level = now.getIntExtra(BatteryManager.EXTRA_LEVEL, -1)
            val scale = now.getIntExtra(BatteryManager.EXTRA_SCALE, 0)
            return if (level < 0 || scale <= 0) null else 100 * level / scale
        }

    val debuggable: Boolean get() = context.applicationInfo.flags and ApplicationInfo.FLAG_DEBUGGABLE != 0

    val memoryBytes: Long get() = memory().totalMem

    /** Bytes that the app may still take before the system wants some back. */
    val freeMemory: Long get() = memory().let { it.availMem - it.threshold }.coerceAtLeast(0)

    fun freeStorage(folder: File): Long = folder.apply { mkdirs() }.usableSpace

    private fun memory() = ActivityManager.MemoryInfo().also(activities::getMemoryInfo)
}
