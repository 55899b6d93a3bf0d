package amirnet.logic.photo

import amirnet.Restorer
import amirnet.bundle.ModelBundle
import amirnet.runtime.Answer
import amirnet.runtime.Concurrency
import amirnet.runtime.Encoded
import amirnet.runtime.Engine
import amirnet.runtime.EngineState
import amirnet.runtime.Floats
import amirnet.runtime.Levels
import amirnet.runtime.Light
import amirnet.runtime.Pixels
import amirnet.runtime.RestoreOptions
import java.io.File
import java.io.OutputStream

/**
 * A photo of any size through bands, runtime, result file, preview and PNG, in whatever heap the JVM is given: the
 * check script gives less than a tenth of what the photo would take. The engine is none, and the photo is made up row
 * by row.
 */
fun main(words: Array<String>) {
    val (width, height) = words.drop(1).map { it.toInt() }
    val bundle = ModelBundle.open(File(words[0], "sdk/amirnet/bundles/tiny").path)
    val file = File.createTempFile("large", ".rows")
    try {
        val source = MadeUp(width, height)
        ResultFile(file, width, height, fresh = true).use { result ->
            val restorer = Restorer(bundle, Unchanged(bundle))
            val restored = restorer.restoreRows(BandRows(source, result), RestoreOptions(Light.Keep))
            check(restored.changePsnr == 100.0) { "the photo was changed: ${restored.changePsnr} dB" }
            check(BandRows.preview(source, result, 1600, null).after.width <= 1600)
            val band = SavedBand(256, null)
            PngWriter(OutputStream.nullOutputStream(), width, height, false, null).use { png ->
                for ((top, bottom) in BandRows.bands(height)) {
                    val own = source.own(top, bottom)
                    band.assemble(own, BandRows(source, result).read(top, bottom), result.read(top, bottom))
                    check(own.contentEquals(source.own(top, bottom))) { "rows $top to $bottom are not the photo's" }
                    png.write(own)
                }
            }
            val heap = Runtime.getRuntime().maxMemory() / 1_000_000
            println("$width x $height: ${restored.tiles} tiles in a heap of $heap MB")
        }
    } finally {
        file.delete()
    }
}

private class MadeUp(override val width: Int, override val height: Int) : BandSource {
    override val hasAlpha = false

    override fun seen(top: Int, bottom: Int) = ByteArray(4 * width * (bottom - top)) {
        if (it % 4 == 3) -1 else ((it / 4 % width) * 7 + (top + it / (4 * width)) * 13 + it % 4).toByte()
    }

    override fun own(top: Int, bottom: Int) = seen(top, bottom)
}

private class Unchanged(private val bundle: ModelBundle) : Engine {
    override val title = "unchanged"
    override val fixedTile: Int = bundle.spec.tile.size
    override val memory = null
    override val state = EngineState.READY
    override val concurrency = Concurrency.IN_TURN

    override fun load() = Unit

    override fun prewarm(tile: Int?) = Unit

    override fun unload() = Unit

    override fun encode(probes: List<Pixels>): Encoded {
        val size = bundle.tree.size
        return Encoded(probes.map { Floats(size) { 0.5f } }, probes.map { Floats(size) })
    }

    override fun restore(tile: Pixels, code: Floats): Answer = Levels.of(tile)
}
