/** What CONTRACT.md says beside its tables, which are among the vectors: errors by name, and clauses that exist. */
package amirnet

import amirnet.vectors.CONTRACT
import java.io.File
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private val TEXT = File(CONTRACT, "CONTRACT.md").readText()
private val SOURCES = File(CONTRACT, "../../android_demo").walk().filter { it.extension == "kt" }.toList()

class ContractTest {
    @Test
    fun `every error in the contract exists and the other way round`() {
        val table = TEXT.substringAfter("<!-- example: errors -->").trim().lines().takeWhile { it.startsWith("|") }
        val listed = table.drop(2).map { it.split("|")[1].trim() }
        val source = SOURCES.single { it.name == "Errors.kt" }.readText()
        val defined = Regex("class (\\w+)\\(").findAll(source).map { it.groupValues[1] }.toSet()
        assertEquals(listed.toSet(), defined - "AmirnetError")
        for (name in listed) {
            val base = Class.forName("amirnet.$name").superclass.simpleName
            val isBundle = listed.indexOf(name) < listed.indexOf("BundleError")
            val wanted = if (name == "OutOfMemoryError") "EngineError" else "AmirnetError"
            assertEquals(if (isBundle) "BundleError" else wanted, base, name)
        }
    }

    @Test
    fun `every clause the code cites exists`() {
        val defined = Regex("\\*\\*([A-Z]\\d+)\\*\\*").findAll(TEXT).map { it.groupValues[1] }.toSet()
        val passages = Regex("CONTRACT ((?:[A-Z]\\d+(?:-[A-Z]\\d+)?(?:, )?)+)")
        val cited = SOURCES.flatMap { passages.findAll(it.readText()) }.flatMap { it.groupValues[1].split(", ") }
            .filter { it.isNotEmpty() }.flatMap { part ->
                val (first, last) = part.split("-").let { it.first() to it.last() }
                (first.drop(1).toInt()..last.drop(1).toInt()).map { "${first[0]}$it" }
            }.toSet()
        assertTrue(cited.size > 25)
        assertEquals(emptySet<String>(), cited - defined)
    }

    @Test
    fun `no file is too long to read`() {
        val long = SOURCES.filter { it.readLines().size > 300 }.map { it.name }
        assertEquals(emptyList<String>(), long)
        assertTrue(SOURCES.flatMap { it.readLines() }.all { it.length <= 120 })
    }
}
