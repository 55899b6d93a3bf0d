/** Stand-ins for what surrounds the restore screen's view model: an engine, where engines come from, and a photo. */
package amirnet.logic.ui

import amirnet.EngineError
import amirnet.ImageError
import amirnet.Restorer
import amirnet.bundle.ModelBundle
import amirnet.logic.job.JobRecord
import amirnet.logic.photo.GainMapFate
import amirnet.logic.photo.ImageFormat
import amirnet.logic.photo.SizeVerdict
import amirnet.runtime.Answer
import amirnet.runtime.Concurrency
import amirnet.runtime.Encoded
import amirnet.runtime.Engine
import amirnet.runtime.EngineState
import amirnet.runtime.Floats
import amirnet.runtime.Levels
import amirnet.runtime.LightCurve
import amirnet.runtime.PhotoRows
import amirnet.runtime.PixelRows
import amirnet.runtime.Pixels
import java.io.File

val TINY: ModelBundle by lazy {
    val repository = checkNotNull(System.getProperty("amirnet.repository"))
    ModelBundle.open(File(repository, "sdk/amirnet/bundles/tiny").path)
}

/** Darkens every tile by one level; what the encoder says sends the photo nowhere in particular. */
class Darker(private val failsAt: Int, private val onTile: () -> Unit) : Engine {
    override val title = "darker"
    override val fixedTile: Int? = null
    override val memory = null
    override val state = EngineState.READY
    override val concurrency = Concurrency.IN_TURN
    private var tiles = 0

    override fun load() = Unit
    override fun prewarm(tile: Int?) = Unit
    override fun unload() = Unit

    override fun encode(probes: List<Pixels>): Encoded {
        val size = TINY.tree.size
        return Encoded(probes.map { Floats(size) { 0.5f } }, probes.map { Floats(size) { 0.25f } })
    }

    override fun restore(tile: Pixels, code: Floats): Answer {
        if (++tiles == failsAt) throw EngineError("lost the device; choose another engine")
        onTile()
        val found = ByteArray(tile.height * tile.width * 3)
        for (y in 0 until tile.height) for (x in 0 until 3 * tile.width) {
            val level = tile.data[tile.at(y, 0) + x].toInt() and 0xFF
            found[y * 3 * tile.width + x] = maxOf(0, level - 1).toByte()
        }
        return Levels.of(Pixels(tile.height, tile.width, found))
    }
}

/** Hands out the first engine, until it fails and there is another. */
class TestSource(val engines: ArrayDeque<Engine>) : RestorerSource {
    var unloaded = 0

    override fun ready() = Restorer(TINY, engines.first(), tile = 256)

    override fun failed(error: EngineError): Boolean = engines.removeFirst().let { engines.isNotEmpty() }

    override fun unload() {
        unloaded++
    }
}

/** One photo, which is opened and saved nowhere. */
class TestDesk(private val photo: Pixels) : PhotoDesk {
    var onTile: () -> Unit = {}
    var broken = false
    var large: SizeVerdict.Refused? = null
    var saving: () -> Unit = {}
    val saves = mutableListOf<Triple<Int, Boolean, Boolean>>()

    override fun open(record: JobRecord): OpenedPhoto {
        if (broken) throw ImageError("${record.title}: not a photo; choose another one")
        return object : OpenedPhoto {
            private var rows = PixelRows(photo)
            override val facts = PhotoFacts(record.title, photo.width, photo.height, Place.NONE, false, null)
            override val refused = large

            override fun rows(): PhotoRows = PixelRows(photo).also { rows = it }

            override fun preview(curve: LightCurve?) = Preview(photo, rows.image.copy(), curve)

            override fun save(parts: Int, brightened: Boolean, keepPlace: Boolean): SavedPhoto {
                saves += Triple(parts, brightened, keepPlace)
                saving()
                return SavedPhoto("a.jpg", "u", ImageFormat.JPEG, false, GainMapFate.NONE, null, false, null)
            }

            override fun close() = Unit
        }
    }
}
