package amirnet.logic.engine

import java.io.File
import java.security.MessageDigest

/**
 * What a compiled model depends on. Another model, another build of the system or another release of the runtime
 * library
 * must not meet it.
 *
 * @param model SHA-256 of the bundle's manifest, and so of all its files.
 */
data class CompileKey(val model: String, val systemBuild: String, val runtimeVersion: String) {
    /** The name of its folder: 32 hex digits. */
    val folder: String
        get() {
            // Lengths stand before the parts, so that no two keys give the same text.
            val text = listOf(model, systemBuild, runtimeVersion).joinToString("") { "${it.length}:$it" }
            val digest = MessageDigest.getInstance("SHA-256").digest(text.toByteArray())
            return digest.take(16).joinToString("") { "%02x".format(it) }
        }
}

/** Compiled models, one folder a key below [root]. What is in it can be made again at any time. */
class CompileCache(private val root: File) {
    /** The folder of a key, made if need be. Folders of other keys are of no use any more and go. */
    fun open(key: CompileKey): File {
        root.listFiles().orEmpty().filter { it.name != key.folder }.forEach { it.deleteRecursively() }
        return File(root, key.folder).apply { mkdirs() }
    }

    /** Whether something was compiled for this key: a load will be warm. */
    fun isWarm(key: CompileKey): Boolean = File(root, key.folder).walk().any { it.isFile }

    /** Bytes in all. */
    fun bytes(): Long = root.walk().filter { it.isFile }.sumOf { it.length() }

    /** Delete everything in it. The next load is cold. */
    fun clear() {
        root.listFiles().orEmpty().forEach { it.deleteRecursively() }
    }
}
