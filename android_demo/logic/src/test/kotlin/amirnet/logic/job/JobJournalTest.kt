package amirnet.logic.job

import amirnet.runtime.Light
import amirnet.runtime.RestoreOptions
import java.io.File
import java.nio.file.Files
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull
import kotlin.test.assertTrue

class JobJournalTest {
    private val folder: File = Files.createTempDirectory("job").toFile()
    private val journal = JobJournal(folder)

    private fun record(options: RestoreOptions = RestoreOptions(), photo: String = "photo") =
        JobRecord(photo, "Ärger = \\u.jpg", placeStripped = true, options, running = true, restored = false)

    @Test
    fun whatWasWrittenIsRead() {
        File(folder, "photo").writeText("x")
        assertNull(journal.read())
        for (light in listOf(Light.Auto, Light.Keep, Light.Brighten, Light.Scaled(0.5))) {
            val written = record(RestoreOptions(light, "noise", null, 0.25))
            journal.write(written)
            assertEquals(written, journal.read())
        }
        assertTrue(folder.list().orEmpty().none { it.endsWith(".part") })
        journal.clear()
        assertNull(journal.read())
    }

    @Test
    fun aPhotoThatIsGoneIsNoJob() {
        journal.write(record())
        assertNull(journal.read())
    }

    @Test
    fun nonsenseIsNoJob() {
        File(folder, "photo").writeText("x")
        val odd = listOf("strength=2", "strength=NaN", "strength=x", "light=9", "light=x").map { "photo=photo\n$it" }
        for (text in odd + listOf("", "photo=../photo", "\\u12")) {
            File(folder, "job.properties").writeText(text)
            assertNull(journal.read(), text)
        }
    }
}
