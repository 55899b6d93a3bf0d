/** Photos of the parity tests: PPM files that the Python SDK restored too. */
package amirnet

import amirnet.bundle.asObject
import amirnet.bundle.readJson
import amirnet.runtime.CHANNELS
import amirnet.runtime.Change
import amirnet.runtime.PhotoRows
import amirnet.runtime.Pixels
import java.io.File
import java.io.RandomAccessFile
import java.nio.MappedByteBuffer
import java.nio.channels.FileChannel.MapMode
import java.security.MessageDigest

val REPOSITORY: File = File(System.getProperty("amirnet.repository"))

/** The bundles that come with the project. */
val SHIPPED: File = File(REPOSITORY, "sdk/amirnet/bundles")

/** Where tools/expected_photos.py wrote the photos. */
val PHOTOS: File = File(REPOSITORY, "build/kotlin/expected")

/** What the Python SDK made of a photo. */
data class Expected(
    val photo: String,
    val precision: String,
    val sha256: String,
    val node: Long,
    val tile: Int,
    val tiles: Int,
    val changePsnr: Double,
) {
    val file: File
        get() = File(PHOTOS, "$photo.ppm")

    override fun toString(): String = "$photo, $precision"
}

fun expectedPhotos(): List<Expected> {
    val content = checkNotNull(asObject(readJson(File(PHOTOS, "expected.json").readBytes())))
    return (content.getValue("restored") as List<*>).map { item ->
        val facts = checkNotNull(asObject(item))

        fun int(key: String) = (facts.getValue(key) as Long).toInt()

        Expected(
            facts.getValue("photo") as String, facts.getValue("precision") as String,
            facts.getValue("sha256") as String, facts.getValue("node") as Long, int("tile"), int("tiles"),
            facts.getValue("change_psnr") as Double,
        )
    }
}

/** A PPM file of 8 bits that is restored in its own place, band by band: it is never in the heap as a whole. */
class PpmRows(private val file: File, private val fresh: File) : PhotoRows {
    override val width: Int
    override val height: Int
    override val change: Change = Change()
    private val levels: MappedByteBuffer

    /** The most rows that were asked for at once. */
    var mostRows: Int = 0
        private set

    init {
        fresh.copyTo(file, overwrite = true)
        val header = file.inputStream().use { String(it.readNBytes(40), Charsets.ISO_8859_1) }
        val (found, across, down) = checkNotNull(Regex("P6\n(\\d+) (\\d+)\n255\n").matchAt(header, 0)).groupValues
        width = across.toInt()
        height = down.toInt()
        levels = RandomAccessFile(file, "rw").use { open ->
            open.channel.map(MapMode.READ_WRITE, found.length.toLong(), CHANNELS.toLong() * width * height)
        }
    }

    override fun read(top: Int, bottom: Int): Pixels {
        mostRows = maxOf(mostRows, bottom - top)
        val found = Pixels(bottom - top, width)
        levels.duplicate().position(CHANNELS * width * top).let { it as java.nio.ByteBuffer }.get(found.data)
        return found
    }

    override fun write(top: Int, left: Int, seen: Pixels, restored: Pixels) {
        change.add(seen, restored)
        val place = levels.duplicate()
        for (y in 0 until restored.height) {
            place.position(CHANNELS * (width * (top + y) + left))
            place.put(restored.data, restored.at(y, 0), CHANNELS * restored.width)
        }
    }

    override fun reopened(): PpmRows = PpmRows(file, fresh)

    /** Of all levels, row by row. */
    fun sha256(): String {
        val digest = MessageDigest.getInstance("SHA-256")
        digest.update(levels.duplicate().rewind() as java.nio.ByteBuffer)
        return digest.digest().joinToString("") { "%02x".format(it) }
    }

    companion object {
        /** All of a PPM file's pixels. */
        fun pixels(file: File, place: File): Pixels = PpmRows(place, file).let { it.read(0, it.height) }
    }
}
