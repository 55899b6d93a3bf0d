package amirnet.logic.photo

import amirnet.bundle.readJson
import kotlin.test.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/** Replays exif_vectors.json, which the Python SDK replays too: the same bytes. */
class ExifBlockTest {
    private val vectors =
        readJson(checkNotNull(javaClass.getResourceAsStream("/exif_vectors.json")).use { it.readBytes() }) as Map<*, *>
    private val rows = (vectors["clean"] as List<*>).map { it as Map<*, *> }

    private fun bytes(hex: Any?): ByteArray = (hex as String).chunked(2).map { it.toInt(16).toByte() }.toByteArray()

    @Test
    fun aBlockIsCleanedToTheByte() {
        assertEquals(8, rows.size)
        for (row in rows) {
            val block = ExifBlock.parse(bytes(row["block"]))
            block.clean(
                (row["width"] as Long).toInt(),
                (row["height"] as Long).toInt(),
                row["keep_place"] as Boolean,
                row["turned"] as Boolean,
            )
            assertContentEquals(bytes(row["cleaned"]), block.toBytes(), row.filterKeys { it != "block" }.toString())
        }
    }

    @Test
    fun thePlaceIsGoneUnlessItIsWanted() {
        for (row in rows) {
            val before = ExifBlock.parse(bytes(row["block"]))
            assertTrue(before.hasPlace)
            assertEquals(Orientation.RIGHT_TURN, before.orientation)
            val after = ExifBlock.parse(bytes(row["cleaned"]))
            assertEquals(row["keep_place"], after.hasPlace)
            assertEquals(Orientation.UPRIGHT, after.orientation)
        }
    }

    @Test
    fun aBlockThatMakesNoSenseIsRefused() {
        for (hex in vectors["refused"] as List<*>) assertFailsWith<ExifError> { ExifBlock.parse(bytes(hex)) }
    }

    @Test
    fun aBlockOfNothingHasNoPlace() {
        val empty = ExifBlock.parse(bytes("49492a0008000000000000000000"))
        assertFalse(empty.hasPlace)
        assertEquals(Orientation.UPRIGHT, empty.orientation)
    }

    @Test
    fun cutAnywhereItIsReadOrRefusedAndNothingElse() {
        val whole = bytes(rows[0]["block"])
        for (length in whole.indices) {
            try {
                ExifBlock.parse(whole.copyOf(length))
            } catch (_: ExifError) {
                continue
            }
        }
    }
}
