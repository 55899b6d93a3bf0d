/**
 * LiteRT's environment: one a process, since about twenty of them end it, with a compile cache in a folder of our own.
 */
package amirnet.engines.litert

import android.content.Context
import android.content.ContextWrapper
import com.google.ai.edge.litert.Accelerator as LiteRtAccelerator
import com.google.ai.edge.litert.Environment
import com.google.ai.edge.litert.LiteRtException
import java.io.File

/** The library's version that this was written for; a part of the compile cache's key. */
const val LITERT_VERSION: String = "2.2.0"

/** The one environment, made anew only where the compile cache's folder changes: with another model, that is. */
object LiteRtEnvironment {
    private var current: Environment? = null
    private var folder: File? = null

    /** Raises LiteRtException. Models of an environment before this one must have been closed. */
    @Synchronized
    fun of(context: Context, cache: File): Environment {
        current?.let { if (folder == cache) return it }
        current?.close()
        current = null
        return Environment.create(CacheIn(context.applicationContext, cache)).also {
            current = it
            folder = cache
        }
    }

    /** The accelerators that LiteRT says this phone has, by its own names; null where it does not say. */
    @Synchronized
    fun reported(context: Context, cache: File): Set<String>? =
        try {
            val found = of(context, cache).getAvailableAccelerators()
            found.filter { it != LiteRtAccelerator.NONE }.map { it.name }.toSet()
        } catch (_: LiteRtException) {
            null
        } catch (_: LinkageError) { // no such library for this phone's processor
            null
        }

    /** LiteRT puts its compiled models into the cache folder of the context that it is given. */
    private class CacheIn(base: Context, private val folder: File) : ContextWrapper(base) {
        override fun getCacheDir(): File = folder
    }
}
