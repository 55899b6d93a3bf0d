package amirnet.logic.photo

import amirnet.OutputError
import amirnet.runtime.Pixels
import java.nio.file.Files
import kotlin.test.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs

class SavingTest {
    @Test
    fun aResultNeverHasThePhotosName() {
        assertEquals("IMG_1_restored.jpg", ResultName.of("IMG_1.HEIC", ImageFormat.JPEG))
        assertEquals("IMG_1_restored.png", ResultName.of("IMG_1.png", ImageFormat.PNG))
        val taken = setOf("IMG_1_restored.jpg")
        assertEquals("IMG_1_restored_2.jpg", ResultName.of("IMG_1_restored.jpg", ImageFormat.JPEG, taken))
        assertEquals("photo_restored.jpg", ResultName.of(null, ImageFormat.JPEG))
        assertEquals("photo_restored.jpg", ResultName.of("...jpg", ImageFormat.JPEG))
        assertEquals("_.._a_restored.jpg", ResultName.of("../../a.jpg", ImageFormat.JPEG))
        assertEquals(120 + "_restored.jpg".length, ResultName.of("x".repeat(500) + ".jpg", ImageFormat.JPEG).length)
    }

    @Test
    fun aGainMapStaysOnlyWhereTheToneIsUnchanged() {
        fun fate(
            has: Boolean = true,
            bright: Boolean = false,
            parts: Int = 256,
            level: Int = 36,
            format: ImageFormat = ImageFormat.JPEG,
        ) = GainMapDecision.decide(has, bright, parts, level, format)
        assertEquals(GainMapFate.KEPT, fate())
        assertEquals(GainMapFate.NONE, fate(has = false, bright = true))
        assertEquals(GainMapFate.DROPPED_BRIGHTENED, fate(bright = true))
        assertEquals(GainMapFate.DROPPED_BRIGHTENED, fate(bright = true, parts = 1))
        assertEquals(GainMapFate.KEPT, fate(bright = true, parts = 0))
        assertEquals(GainMapFate.DROPPED_OLD_SYSTEM, fate(level = 33))
        assertEquals(GainMapFate.KEPT, fate(level = 34))
        assertEquals(GainMapFate.DROPPED_FORMAT, fate(format = ImageFormat.PNG))
    }

    @Test
    fun fortyEightMegapixelsFitIntoThreeHundredMegabytes() {
        for ((pixel, megabytes) in mapOf(640L to 249, 900L to 297)) { // int8, float
            val engine = 72_000_000L + pixel * 432 * 432
            val most = ImageFormat.entries.maxOf { PhotoLimits.needs(8000, 6000, engine, 432, it).memory }
            assertEquals(megabytes.toLong(), (most + 999_999) / 1_000_000)
            val (memory, storage) = PhotoLimits.BUDGET to 1_000_000_000L
            val verdict = PhotoLimits.decide(8000, 6000, engine, 432, ImageFormat.JPEG, memory, storage)
            assertEquals(SizeVerdict.Accepted(ImageFormat.JPEG), verdict)
        }
    }

    @Test
    fun twoHundredMegapixelsBecomePngOrAreRefusedWithNumbers() {
        val engine = 72_000_000L + 640L * 432 * 432
        fun verdict(memory: Long, storage: Long) =
            PhotoLimits.decide(16_320, 12_240, engine, 432, ImageFormat.JPEG, memory, storage)
        assertEquals(SizeVerdict.Accepted(ImageFormat.JPEG), verdict(900_000_000, 2_000_000_000))
        assertEquals(SizeVerdict.Accepted(ImageFormat.PNG), verdict(300_000_000, 2_000_000_000))
        val refused = assertIs<SizeVerdict.Refused>(verdict(300_000_000, 1_000_000_000))
        assertEquals(199, refused.megapixels)
        assert(refused.needs.storage > refused.storage) { refused }
        val tight = assertIs<SizeVerdict.Refused>(verdict(100_000_000, 2_000_000_000))
        assert(tight.needs.memory > tight.memory) { tight }
    }

    @Test
    fun restoredRowsLieInAFileAndComeOutInBands() {
        val file = Files.createTempFile("result", ".rows").toFile()
        val levels = ByteArray(3 * 5 * 4) { it.toByte() }
        ResultFile(file, 5, 4, fresh = true).use { rows ->
            rows.write(0, 0, Pixels(2, 3, levels))
            rows.write(1, 3, Pixels(1, 2, byteArrayOf(9, 9, 9, 8, 8, 8)))
            assertEquals(9, rows.read(1, 2).level(0, 3, 0))
            assertEquals(0, rows.read(0, 1).level(0, 3, 0))
        }
        ResultFile(file, 5, 4, fresh = false).use { rows ->
            assertContentEquals(levels.copyOf(9), rows.read(Region(0, 0, 3, 1)).data)
            assertContentEquals(byteArrayOf(8, 8, 8), rows.read(Region(4, 1, 5, 2)).data)
        }
        assertFailsWith<OutputError> { ResultFile(file, 6, 4, fresh = false) }
        file.delete()
    }

    @Test
    fun aFolderThatIsNotThereIsOneLine() {
        val error = assertFailsWith<OutputError> {
            ResultFile(Files.createTempDirectory("x").resolve("no/rows").toFile(), 1, 1, fresh = true)
        }
        assertEquals(1, error.message.orEmpty().lines().size)
    }
}
