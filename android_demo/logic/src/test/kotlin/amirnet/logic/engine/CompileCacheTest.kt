package amirnet.logic.engine

import java.io.File
import java.nio.file.Files
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNotEquals
import kotlin.test.assertTrue

class CompileCacheTest {
    private val root: File = Files.createTempDirectory("compiled").toFile()
    private val cache = CompileCache(root)
    private val key = CompileKey("a".repeat(64), "BP1A.250505.005", "2.2.0")

    @Test
    fun theKeyChangesWithEachOfItsParts() {
        val model = key.copy(model = "b".repeat(64))
        val others = listOf(model, key.copy(systemBuild = "x"), key.copy(runtimeVersion = "2.3.0"))
        assertEquals(4, (others + key).map { it.folder }.toSet().size)
        assertEquals(CompileKey("a".repeat(64), "BP1A.250505.005", "2.2.0").folder, key.folder)
        assertTrue(Regex("[0-9a-f]{32}").matches(key.folder))
        assertNotEquals(CompileKey("ab", "c", "").folder, CompileKey("a", "bc", "").folder)
    }

    @Test
    fun anotherKeyFindsItEmptyAndTheOldOneGoes() {
        File(cache.open(key), "model.bin").writeBytes(ByteArray(1000))
        assertTrue(cache.isWarm(key))
        assertEquals(1000L, cache.bytes())
        val updated = key.copy(systemBuild = "BP2A")
        assertFalse(cache.isWarm(updated))
        cache.open(updated)
        assertEquals(listOf(updated.folder), root.list().orEmpty().toList())
        assertEquals(0L, cache.bytes())
    }

    @Test
    fun theUserCanClearIt() {
        File(cache.open(key), "model.bin").writeBytes(ByteArray(10))
        cache.clear()
        assertFalse(cache.isWarm(key))
        assertEquals(0L, cache.bytes())
        CompileCache(File(root, "not there")).clear()
    }
}
