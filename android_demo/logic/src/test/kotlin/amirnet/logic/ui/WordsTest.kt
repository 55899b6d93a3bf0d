package amirnet.logic.ui

import amirnet.logic.benchmark.Reason
import amirnet.logic.benchmark.Thermal
import amirnet.logic.engine.Accelerator
import amirnet.logic.engine.EngineLife
import amirnet.logic.engine.EngineName
import amirnet.logic.photo.GainMapFate
import java.io.File
import javax.xml.parsers.DocumentBuilderFactory
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** Every word that the app can need stands in strings.xml, in both languages alike. */
class WordsTest {
    private val root = File(checkNotNull(System.getProperty("amirnet.repository")))

    private fun strings(folder: String): Map<String, String> {
        val file = File(root, "android_demo/app/src/main/res/$folder/strings.xml")
        val nodes = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file).getElementsByTagName("string")
        return (0 until nodes.length).associate { place ->
            val node = nodes.item(place)
            val fixed = node.attributes.getNamedItem("translatable")?.nodeValue == "false"
            node.attributes.getNamedItem("name").nodeValue to (if (fixed) FIXED else "") + node.textContent
        }
    }

    private val english = strings("values")
    private val german = strings("values-de")

    @Test
    fun bothLanguagesSayTheSameThings() {
        assertEquals(english.filterValues { !it.startsWith(FIXED) }.keys, german.keys)
        val place = Regex("%\\d\\$[sd]")
        for ((key, text) in german) {
            val wanted = place.findAll(english.getValue(key)).map { it.value }.sorted().toList()
            assertEquals(wanted, place.findAll(text).map { it.value }.sorted().toList(), key)
            assertTrue(text.isNotBlank(), key)
        }
    }

    @Test
    fun everyStateHasItsWord() {
        val needed = EngineLife.entries.map(Words::life) + EngineName.entries.map(Words::engine) +
            Accelerator.entries.map(Words::accelerator) + Words.accelerator(null) +
            Thermal.entries.map(Words::thermal) + Reason.entries.map(Words::reason) +
            GainMapFate.entries.mapNotNull(Words::gainMap) + Words.KINDS.mapNotNull(Words::kind) +
            listOf(0.0, 0.6, 0.9).map(Words::sure)
        assertEquals(emptySet(), needed.toSet() - english.keys)
    }

    @Test
    fun everyErrorOfTheContractHasAWordAndARemedy() {
        val contract = File(root, "sdk/contract/CONTRACT.md").readText()
        val table = contract.substringAfter("<!-- example: errors -->").substringBefore("- **B8**")
        val names = Regex("(?m)^\\| (\\w+Error) \\|").findAll(table).map { it.groupValues[1] }.toList()
        assertEquals(16, names.size)
        for (name in names) {
            assertTrue(Words.error(name) in english, name)
            assertTrue(Words.remedy(name) in english, name)
        }
        assertEquals("error_out_of_memory", Words.error("OutOfMemoryError"))
    }

    @Test
    fun kindsAreAsPeopleTellThemApart() {
        assertEquals("kind_noise", Words.kind("camera"))
        assertEquals("kind_noise", Words.kind("noise"))
        assertNull(Words.kind("rain"))
        assertEquals(listOf("sure_hardly", "sure_quite", "sure_very"), listOf(0.49, 0.5, 0.8).map(Words::sure))
    }

    private companion object {
        const val FIXED = "\u0000"
    }
}
