/** Opens the photo of a job: its bands, its facts, and whether this phone can take it. */
package amirnet.app.photo

import android.content.Context
import android.os.Build
import amirnet.app.PhoneState
import amirnet.logic.job.JobRecord
import amirnet.logic.photo.BandRows
import amirnet.logic.photo.GainMapDecision
import amirnet.logic.photo.ImageFormat
import amirnet.logic.photo.Orientation
import amirnet.logic.photo.PhotoLimits
import amirnet.logic.photo.ResultFile
import amirnet.logic.photo.SizeVerdict
import amirnet.logic.ui.OpenedPhoto
import amirnet.logic.ui.PhotoDesk
import amirnet.logic.ui.PhotoFacts
import amirnet.logic.ui.Place
import amirnet.logic.ui.Preview
import amirnet.logic.ui.SavedPhoto
import amirnet.runtime.LightCurve
import amirnet.runtime.PhotoRows
import java.io.File

/** What an engine takes beside the photo, in bytes, and the side of its tiles. */
data class EngineNeeds(val bytes: Long, val tile: Int)

class AndroidPhotoDesk(
    private val context: Context,
    private val folder: File,
    private val phone: PhoneState,
    private val engine: () -> EngineNeeds,
) : PhotoDesk {
    override fun open(record: JobRecord): OpenedPhoto {
        val file = File(folder, record.photo)
        val exif = PhotoMetadata.exif(file)
        val orientation = exif.block?.orientation ?: Orientation.UPRIGHT
        val bands = AndroidBands(file, record.title, orientation)
        val format = if (bands.hasAlpha) ImageFormat.PNG else ImageFormat.JPEG
        val memory = minOf(PhotoLimits.BUDGET, phone.freeMemory)
        val storage = phone.freeStorage(folder)
        val (bytes, tile) = engine()
        val verdict = PhotoLimits.decide(bands.width, bands.height, bytes, tile, format, memory, storage)
        return Opened(file, record, exif, bands, verdict)
    }

    private inner class Opened(
        private val file: File,
        record: JobRecord,
        private val exif: ReadExif,
        private val bands: AndroidBands,
        private val verdict: SizeVerdict,
    ) : OpenedPhoto {
        private var result: ResultFile? = null
        private val hasGainMap = PhotoMetadata.hasGainMap(file)
        private val turned = exif.block?.orientation?.swapped == true

        override val facts = PhotoFacts(
            title = record.title,
            width = bands.width,
            height = bands.height,
            place = when {
                exif.block?.hasPlace == true -> Place.KNOWN
                record.placeStripped -> Place.STRIPPED
                else -> Place.NONE
            },
            hasGainMap = hasGainMap,
            profile = bands.ownSpace.name.takeIf { bands.ownSpace != AndroidBands.SRGB },
        )

        override val refused: SizeVerdict.Refused? = verdict as? SizeVerdict.Refused

        override fun rows(): PhotoRows {
            result?.close()
            val fresh = ResultFile(File(folder, "result"), bands.width, bands.height, fresh = true)
            result = fresh
            return BandRows(bands, fresh)
        }

        override fun preview(curve: LightCurve?): Preview =
            BandRows.preview(bands, checkNotNull(result), LONGEST, curve)

        override fun save(parts: Int, brightened: Boolean, keepPlace: Boolean): SavedPhoto {
            val format = (verdict as SizeVerdict.Accepted).format
            val level = Build.VERSION.SDK_INT
            val gainMap = GainMapDecision.decide(hasGainMap, brightened, parts, level, format)
            val picture = ResultPicture(bands, checkNotNull(result), parts, format)
            val block = exif.block
            block?.clean(bands.width, bands.height, keepPlace, turned)
            return GallerySaver(context, folder).save(facts, picture, file, gainMap, block, exif.lost, keepPlace)
        }

        override fun close() {
            bands.close()
            result?.close()
        }
    }

    private companion object {
        /** Of a preview: about what a phone's screen has; PhotoLimits counts on it. */
        const val LONGEST = 1600
    }
}
