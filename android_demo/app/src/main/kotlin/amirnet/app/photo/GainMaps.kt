/** A photo's HDR gain map, brought upright, with all that it says. */
package amirnet.app.photo

import android.graphics.Bitmap
import android.graphics.Gainmap
import android.graphics.Matrix
import androidx.annotation.RequiresApi
import amirnet.logic.photo.Orientation
import java.io.File

@RequiresApi(34)
object GainMaps {
    /** x and y change places. */
    private val SWAP = floatArrayOf(0f, 1f, 0f, 1f, 0f, 0f, 0f, 0f, 1f)

    /** The map of a photo; null where it cannot be read. A Gainmap made of a bitmap alone has default metadata. */
    fun upright(photo: File, orientation: Orientation): Gainmap? {
        val small = PhotoMetadata.small(photo) ?: return null
        val map = small.gainmap ?: return null
        val turned = turned(map.gainmapContents, orientation)
        return Gainmap(turned).also { copy(map, it) }
    }

    private fun copy(from: Gainmap, to: Gainmap) {
        from.ratioMin.let { to.setRatioMin(it[0], it[1], it[2]) }
        from.ratioMax.let { to.setRatioMax(it[0], it[1], it[2]) }
        from.gamma.let { to.setGamma(it[0], it[1], it[2]) }
        from.epsilonSdr.let { to.setEpsilonSdr(it[0], it[1], it[2]) }
        from.epsilonHdr.let { to.setEpsilonHdr(it[0], it[1], it[2]) }
        to.displayRatioForFullHdr = from.displayRatioForFullHdr
        to.minDisplayRatioForHdrTransition = from.minDisplayRatioForHdrTransition
    }

    private fun turned(map: Bitmap, orientation: Orientation): Bitmap {
        if (orientation == Orientation.UPRIGHT) return map
        return Bitmap.createBitmap(map, 0, 0, map.width, map.height, matrix(orientation), false)
    }

    /** The stored pixel (sx, sy) comes to (x, y) of the upright photo: Orientation's rule the other way round. */
    private fun matrix(orientation: Orientation) = Matrix().apply {
        setScale(if (orientation.flippedX) -1f else 1f, if (orientation.flippedY) -1f else 1f)
        if (orientation.swapped) postConcat(Matrix().apply { setValues(SWAP) })
    }
}
