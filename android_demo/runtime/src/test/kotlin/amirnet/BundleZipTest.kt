/** What can be wrong with a zip and with no folder: entries, links, duplicates, damage, bombs. */
package amirnet

import amirnet.bundle.MANIFEST
import amirnet.bundle.ModelBundle
import java.io.File
import java.nio.ByteBuffer
import java.nio.ByteOrder
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

class BundleZipTest {
    @TempDir
    lateinit var place: File

    private val path: File
        get() = File(place, "toy.zip")

    private inline fun <reified E : BundleError> refused(part: String) {
        val error = assertThrows(BundleError::class.java) { ModelBundle.open(path.path) }
        assertEquals(E::class.java, error.javaClass, error.message)
        assertTrue(part in error.message.orEmpty() && "\n" !in error.message.orEmpty(), error.message)
    }

    /** The bytes of a sound zip, changed. */
    private fun changed(files: Map<String, ByteArray> = toyFiles(), change: (ByteArray) -> ByteArray) {
        path.writeBytes(change(zipped(path, files).readBytes()))
    }

    /** Where the directory's entry of that name begins. */
    private fun entry(zip: ByteArray, name: String): Int {
        val (signature, letters) = byteArrayOf(0x50, 0x4B, 1, 2) to name.toByteArray()

        fun stands(what: ByteArray, at: Int) = what.indices.all { zip[at + it] == what[it] }

        return (0..zip.size - 46 - letters.size).first { stands(signature, it) && stands(letters, it + 46) }
    }

    @Test
    fun `a zip entry that could leave the folder`() = listOf("../evil", "/evil", "a\\evil", "a/../../evil").forEach {
        zipped(path, toyFiles() + (it to ByteArray(0)))
        refused<UnsafePathError>("unsafe path")
    }

    @Test
    fun `folder entries are passed over`() {
        zipped(path, toyFiles() + ("deep/" to ByteArray(0)))
        ModelBundle.open(path.path)
        zipped(path, toyFiles() + ("../deep/" to ByteArray(0)))
        refused<UnsafePathError>("unsafe path")
    }

    @Test
    fun `a link or a device in a zip`() = listOf(0xA000, 0x1000, 0x2000, 0xC000).forEach { kind ->
        changed { zip ->
            val mode = entry(zip, "restorer.onnx") + 40
            ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).putShort(mode, kind.toShort()).array()
        }
        refused<UnsafePathError>("is a link")
    }

    @Test
    fun `a file twice in a zip`() {
        changed(toyFiles() + ("encoder.onny" to ByteArray(2))) { zip ->
            val text = String(zip, Charsets.ISO_8859_1).replace("encoder.onny", "encoder.onnx")
            text.toByteArray(Charsets.ISO_8859_1)
        }
        refused<ExtraFileError>("twice")
    }

    @Test
    fun `a zip of the folder itself says how to zip`() {
        zipped(path, toyFiles().mapKeys { "toy/${it.key}" })
        refused<MissingFileError>("zip the files, not the folder")
    }

    @Test
    fun `a truncated zip`() = listOf(0.0, 0.05, 0.5, 0.999).forEach { share ->
        changed { it.copyOf((it.size * share).toInt()) }
        refused<BundleError>("not a whole zip file")
    }

    @Test
    fun `a damaged zip entry`() {
        changed { zip -> zip.also { it[30 + "encoder.onnx".length + 1] = 99 } }
        refused<ChangedFileError>("encoder.onnx")
    }

    @Test
    fun `an entry under another name than the directorys`() {
        changed { zip -> zip.also { it[30] = 'f'.code.toByte() } }
        refused<ChangedFileError>("encoder.onnx cannot be unpacked (the directory calls it otherwise)")
    }

    @Test
    fun `a zip bomb is never unpacked beyond its seal`() {
        val bomb = mapOf("sha256" to "0".repeat(64), "bytes" to 5)
        val files = toyFiles { it["files"] = (it["files"] as Map<*, *>) + ("bomb" to bomb) }
        zipped(path, files + ("bomb" to ByteArray(50_000_000)))
        refused<ChangedFileError>("bomb has more bytes, not 5")
    }

    @Test
    fun `too many entries are noticed`() {
        zipped(path, toyFiles() + (0 until 10_000).associate { "f$it" to ByteArray(0) })
        refused<ExtraFileError>("more than 10000 entries")
        zipped(path, (0 until 10_000).associate { "f$it" to ByteArray(0) })
        refused<MissingFileError>("no manifest.json")
    }

    @Test
    fun `a large entry is unpacked`() {
        val large = ByteArray((8 shl 20) + 5) { (it / 999).toByte() }
        val seal = mapOf("sha256" to sha256(large), "bytes" to large.size)
        val files = toyFiles { it["files"] = (it["files"] as Map<*, *>) + ("large" to seal) }
        zipped(path, files + ("large" to large))
        assertArrayEquals(large, ModelBundle.open(path.path).read("large"))
    }

    @Test
    fun `what stands ahead of a zip moves its places`() {
        changed { ByteArray(1000) { 7 } + it }
        assertEquals("toy", ModelBundle.open(path.path).manifest.name)
    }

    @Test
    fun `whatever is damaged in a zip it opens as sealed or is refused`() = forSeeds(400) { random, seed ->
        changed { zip ->
            repeat(1 + random.nextInt(4)) {
                // The directory at the end is small and full of offsets: aim at it half of the time.
                val at = if (seed % 2 == 0) zip.size - 1 - random.nextInt(260) else random.nextInt(zip.size)
                zip[at] = random.nextInt(256).toByte()
            }
            zip
        }
        try {
            val opened = ModelBundle.open(path.path)
            assertArrayEquals(toyFiles().getValue("encoder.onnx"), opened.read("encoder.onnx"))
            assertEquals(opened.fingerprint, sha256(toyFiles().getValue(MANIFEST)))
        } catch (error: BundleError) {
            assertTrue("\n" !in error.message.orEmpty())
        }
    }
}
