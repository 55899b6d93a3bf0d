/** Bundles: opened when they are exactly what was sealed, otherwise refused by name, as a folder and as a zip. */
package amirnet

import amirnet.bundle.MANIFEST
import amirnet.bundle.MANIFEST_BYTES
import amirnet.bundle.ModelBundle
import java.io.File
import java.nio.file.Files
import java.util.zip.ZipEntry
import java.util.zip.ZipOutputStream
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** A zip file of these entries. */
fun zipped(path: File, entries: Map<String, ByteArray>): File {
    ZipOutputStream(path.outputStream()).use { zip ->
        for ((name, content) in entries) {
            zip.putNextEntry(ZipEntry(name))
            zip.write(content)
        }
    }
    return path
}

class BundleTest {
    @TempDir
    lateinit var place: File

    private fun folder(files: Map<String, ByteArray>): File {
        val folder = File(place, "toy").apply { deleteRecursively() }
        for ((name, content) in files) File(folder, name).apply { parentFile.mkdirs() }.writeBytes(content)
        return folder
    }

    private fun open(path: File) = ModelBundle.open(path.path)

    /** Exactly this error, with this in its one line, of the files as a folder and as a zip. */
    private inline fun <reified E : BundleError> refused(files: Map<String, ByteArray>, part: String) {
        for (path in listOf(folder(files), zipped(File(place, "toy.zip"), files))) {
            val error = assertThrows(BundleError::class.java, { open(path) }, part)
            assertEquals(E::class.java, error.javaClass, error.message)
            assertTrue(part in error.message.orEmpty(), "'${error.message}' has no '$part'")
            assertTrue("\n" !in error.message.orEmpty() && error.remedy.isNotEmpty())
        }
    }

    private fun edited(change: (String) -> String) =
        toyFiles().let { it + (MANIFEST to change(String(it.getValue(MANIFEST))).toByteArray()) }

    @Test
    fun `a sound bundle opens`() {
        val files = toyFiles()
        for (path in listOf(folder(files), zipped(File(place, "toy.zip"), files))) {
            val opened = open(path)
            assertEquals("toy", opened.manifest.name)
            assertEquals(12, opened.manifest.tile.halo)
            assertEquals(3, opened.tree.size)
            assertEquals("encoder.onnx", opened.manifest.models.getValue("encoder").getValue("onnx")["float32"])
            assertArrayEquals(NO_GRAPH, opened.read("encoder.onnx"))
            assertEquals(sha256(files.getValue(MANIFEST)), opened.fingerprint)
        }
    }

    @Test
    fun `a later minor version and unknown fields are read`() {
        val opened = open(folder(toyFiles { it += mapOf("schema" to "1.7", "novelty" to mapOf("a" to 1)) }))
        assertEquals("1.7", opened.manifest.schema)
    }

    @Test
    fun `missing file`() {
        refused<MissingFileError>(toyFiles() - "encoder.onnx", "encoder.onnx is missing")
        refused<MissingFileError>(toyFiles() - MANIFEST, "no manifest.json")
    }

    @Test
    fun `extra file`() = listOf("notes.txt", ".DS_Store", "deep/er/notes.txt").forEach {
        refused<ExtraFileError>(toyFiles() + (it to ByteArray(0)), it)
    }

    @Test
    fun `changed file`() {
        refused<ChangedFileError>(toyFiles() + ("encoder.onnx" to byteArrayOf(0x3A, 1)), "encoder.onnx was changed")
        refused<ChangedFileError>(toyFiles() + ("encoder.onnx" to NO_GRAPH + NO_GRAPH), "has more bytes, not 2")
        refused<ChangedFileError>(toyFiles() + ("encoder.onnx" to ByteArray(1)), "encoder.onnx has 1 bytes, not 2")
    }

    @Test
    fun `a file changed after opening is noticed`() {
        val opened = open(folder(toyFiles()))
        File(place, "toy/encoder.onnx").writeBytes(ByteArray(2))
        assertThrows(ChangedFileError::class.java) { opened.read("encoder.onnx") }
    }

    @Test
    fun `unknown major version is refused before anything else`() = listOf("2.0", "0.9", "10.0").forEach { schema ->
        val files = toyFiles {
            it.clear()
            it["schema"] = schema
        }
        refused<UnsupportedSchemaError>(files, "schema $schema, but this release reads 1")
    }

    @Test
    fun `a listed path that could leave the folder`() {
        val names = listOf("../evil.onnx", "/etc/passwd", "a\\b.onnx", "C:evil", "a//b", "./a", "a/../b", "", "a/")
        for (name in names + ".." + "n\u00e4me") {
            val files = toyFiles {
                it["files"] = (it["files"] as Map<*, *>) + (name to mapOf("sha256" to "0".repeat(64), "bytes" to 1))
            }
            refused<UnsafePathError>(files, "unsafe path")
        }
    }

    @Test
    fun `a link in the folder`() = listOf("encoder.onnx", MANIFEST, "extra.txt").forEach { name ->
        val link = File(folder(toyFiles()), name)
        val outside = File(place, "outside").apply { writeBytes(ByteArray(0)) }
        if (link.exists()) link.copyTo(outside, overwrite = true)
        link.delete()
        Files.createSymbolicLink(link.toPath(), outside.toPath())
        val error = assertThrows(UnsafePathError::class.java) { open(link.parentFile) }
        assertTrue("is a link" in error.message.orEmpty())
    }

    @Test
    fun `a link in the bundles own place is followed`() {
        val link = File(place, "link")
        val bundle = folder(toyFiles())
        Files.createSymbolicLink(link.toPath(), bundle.toPath())
        assertEquals(open(bundle).fingerprint, open(link).fingerprint)
        val linked = File(place, "linked.zip")
        Files.createSymbolicLink(linked.toPath(), zipped(File(place, "toy.zip"), toyFiles()).toPath())
        assertEquals(open(bundle).fingerprint, open(linked).fingerprint)
    }

    @Test
    fun `a pipe in the folder is refused and not waited for`() {
        val pipe = File(folder(toyFiles()), "pipe")
        assertEquals(0, ProcessBuilder("mkfifo", pipe.path).start().waitFor())
        val inside = assertThrows(UnsafePathError::class.java) { open(pipe.parentFile) }
        assertTrue("not a plain file" in inside.message.orEmpty())
        val alone = assertThrows(BundleError::class.java) { open(pipe) }
        assertTrue("not a file" in alone.message.orEmpty())
    }

    @Test
    fun `a manifest that is not JSON`() {
        val deep = "[".repeat(65) + "]".repeat(65)
        val texts = listOf(
            "", "{", "[1]", "nul", "{\"schema\": \"1.0\", \"schema\": \"1.0\"}", "{\"a\": NaN}", "{\"a\": 1e999}",
            "[".repeat(99_999), "{\"a\": $deep}", "{\"a\": 01}", "{\"a\": 1.}", "{\"a\": '1'}", "{} {}",
            "{\"a\": \"\t\"}",
        )
        for (text in texts) refused<ManifestError>(edited { text }, "manifest.json: ")
        refused<ManifestError>(toyFiles() + (MANIFEST to byteArrayOf(0xFF.toByte(), 0xFE.toByte())), "manifest.json: ")
    }

    @Test
    fun `an endless manifest`() =
        refused<BundleError>(edited { it + " ".repeat(MANIFEST_BYTES) }, "larger than $MANIFEST_BYTES bytes")

    @Test
    fun `a field that is wrong is named`() {
        val cases = mapOf(
            "\"schema\":\"1.2\"" to "\"x\":1" to "schema is missing",
            "\"schema\":\"1.2\"" to "\"schema\":\"1\"" to "not MAJOR.MINOR",
            "\"schema\":\"1.2\"" to "\"schema\":1.2" to "schema is not a text",
            "\"name\":\"toy\"" to "\"nome\":1" to "name is missing",
            "\"probe\":{\"size\":16" to "\"probe\":{\"size\":0" to "size is not a whole number from 1",
            "\"probe\":{\"size\":16" to "\"probe\":{\"size\":true" to "size is not a whole number",
            "\"probe\":{\"size\":16" to "\"probe\":{\"size\":16.0" to "size is not a whole number",
            "\"probe\":{\"size\":16" to "\"probe\":{\"size\":1e1" to "size is not a whole number",
            "\"probe\":{\"size\":16" to "\"probe\":{\"size\":99999999999999999999" to "size is not a whole number",
            "\"probe\":{\"size\":16" to "\"probe\":{\"trim\":2,\"size\":16" to "trim is 2",
            "\"radius\":4" to "\"radius\":13" to "radius is 13, more than the halo of 12",
            "\"halo\":12" to "\"halo\":10" to "halo 10: must be a multiple",
            "\"size\":56" to "\"size\":57" to "tile 57: must be a multiple",
            "\"flexible\":true" to "\"flexible\":1" to "flexible is not true or false",
            "\"flexible\":true" to "\"preferred\":52,\"flexible\":true" to "preferred is 52, but it is at least",
            "\"flexible\":true" to "\"preferred\":60,\"flexible\":false" to "preferred is 60, but",
            "\"conditioning\":\"node\"" to "\"conditioning\":\"hard\"" to "'hard', not \"node\" or \"soft\"",
            "\"levels\":2" to "\"levels\":1000000000" to "levels is not a whole number",
            "[0.25,0.25,0.25]" to "[\"a\",0.25,0.25]" to "nodes[1]: code is not a list of finite numbers",
            "\"parent\":0" to "\"parent\":2" to "disagree",
            "\"parent\":null" to "\"x\":0" to "parent is missing",
            "\"name\":\"toy\"" to "\"name\":\"toy\",\"quantization\":5" to "quantization is not",
            "\"float32\":\"encoder.onnx\"" to "\"float32\":\"no.onnx\"" to "'no.onnx', which is not among the files",
            "\"float32\":\"encoder.onnx\"" to "\"float32\":\"encoder\"" to "'encoder', which is not among the files",
            "\"bytes\":2" to "\"bytes\":600000000" to "bytes is not a whole number",
            "\"bytes\":2" to "\"bytes\":400000000" to "add up to more",
            "\"name\":\"toy\"" to "\"name\":\"toy\",\"light\":{}" to "hidden is missing",
        )
        for ((edit, problem) in cases) refused<ManifestError>(edited { it.replace(edit.first, edit.second) }, problem)
    }

    @Test
    fun `a seal that is none`() = listOf("", "A".repeat(64), "0".repeat(63), "g".repeat(64)).forEach { seal ->
        val files = edited { it.replace(Regex("\"sha256\":\"\\w*\""), "\"sha256\":\"$seal\"") }
        refused<ManifestError>(files, "64 lower-case")
    }

    @Test
    fun `unknown names say what there is`() {
        val shipped = folder(toyFiles()).parentFile

        fun message(name: String, where: File? = null) =
            assertThrows(UnknownBundleError::class.java) { ModelBundle.open(name, where) }.message.orEmpty()

        assertTrue("nosuch: no such shipped bundle" in message("nosuch"))
        assertTrue("no such folder or zip file" in message(File(place, "nosuch.zip").path))
        assertTrue("shipped: toy" in message("nosuch", shipped))
        assertEquals("toy", ModelBundle.open("toy", shipped).manifest.name)
    }
}
