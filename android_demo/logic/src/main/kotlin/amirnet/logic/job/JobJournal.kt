package amirnet.logic.job

import amirnet.AmirnetError
import amirnet.OptionError
import amirnet.runtime.Light
import amirnet.runtime.RestoreOptions
import java.io.File
import java.io.IOException
import java.util.Properties

/** A photo that was chosen: its copy in the app's own folder, and what was told of it. */
data class JobRecord(
    /** The copy's name below the journal's folder. */
    val photo: String,
    /** The photo's own name, for the result's; empty where nobody told it. */
    val title: String,
    /** Whether the picker took the place away before the app saw the photo. */
    val placeStripped: Boolean,
    val options: RestoreOptions,
    /** Whether it was being restored when this was written. */
    val running: Boolean,
    /** Whether the rows beside it are its restored rows. */
    val restored: Boolean,
)

/**
 * What survives the end of the process: the photo, and what was to be done with it. Written whole or not at all.
 */
class JobJournal(private val folder: File) {
    private val file = File(folder, "job.properties")

    /** The record; null where there is none, or none that makes sense. */
    fun read(): JobRecord? {
        val found = Properties()
        try {
            file.reader().use(found::load)
        } catch (_: IOException) {
            return null
        } catch (_: IllegalArgumentException) { // a broken escape
            return null
        }
        val photo = found.getProperty("photo") ?: return null
        if (photo.contains('/') || !File(folder, photo).isFile) return null
        return try {
            JobRecord(
                photo,
                found.getProperty("title", ""),
                found.getProperty("placeStripped") == "true",
                options(found),
                found.getProperty("running") == "true",
                found.getProperty("restored") == "true",
            )
        } catch (_: AmirnetError) {
            null
        } catch (_: NumberFormatException) {
            null
        }
    }

    /** Write a record. Raises IOException. */
    fun write(record: JobRecord) {
        val values = Properties()
        values["photo"] = record.photo
        values["title"] = record.title
        values["placeStripped"] = record.placeStripped.toString()
        values["running"] = record.running.toString()
        values["restored"] = record.restored.toString()
        values["light"] = lightWord(record.options.light)
        record.options.kind?.let { values["kind"] = it }
        values["strength"] = record.options.strength.toString()
        folder.mkdirs()
        val part = File(folder, "job.part")
        part.writer().use { values.store(it, null) }
        if (!part.renameTo(file)) throw IOException("${file.name} cannot be written")
    }

    /** Forget the job and delete its files. */
    fun clear() {
        folder.listFiles().orEmpty().forEach { it.deleteRecursively() }
    }

    private fun options(values: Properties): RestoreOptions {
        val strength = values.getProperty("strength", "1.0").toDouble()
        if (strength.isNaN()) throw OptionError("strength NaN: not a number; leave it out")
        return RestoreOptions(Light.of(values.getProperty("light", "auto")), values.getProperty("kind"), null, strength)
    }

    companion object {
        /** What [Light.of] reads back. */
        fun lightWord(light: Light): String =
            when (light) {
                Light.Auto -> "auto"
                Light.Keep -> "keep"
                Light.Brighten -> "brighten"
                is Light.Scaled -> light.by.toString()
            }
    }
}
