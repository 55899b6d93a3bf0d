/** Replays of what becomes of pixels: padding, probes, transparency, strength, change. */
package amirnet.vectors

import amirnet.runtime.Change
import amirnet.runtime.LEFT_ALONE
import amirnet.runtime.Pixels
import amirnet.runtime.ProbePlan
import amirnet.runtime.average
import amirnet.runtime.crop
import amirnet.runtime.divided
import amirnet.runtime.eightBits
import amirnet.runtime.fillHidden
import amirnet.runtime.mixed
import amirnet.runtime.partsOf
import amirnet.runtime.sourceCoordinates
import amirnet.runtime.toTensor
import org.junit.jupiter.api.Assertions.assertEquals

val PADDING: Replays = mapOf(
    "coordinates" to { case ->
        val at = sourceCoordinates(case.given.int("first"), case.given.int("end"), case.given.int("n"))
        assertEquals(case.expected.ints("read_from"), at.toList())
    },
    "rectangle" to { case ->
        val (left, top, width, height) = listOf("left", "top", "width", "height").map(case.given::int)
        val found = crop(case.given.pixels("photo"), left, top, width, height)
        assertSame(case.expected.pixels("pixels"), found)
    },
    "numbers" to { case ->
        val levels = case.given.array("levels").bytes
        val expected = case.expected.array("numbers").floats()
        assertSame(expected, levels(levels).map(::divided).toFloatArray())
        val gray = ByteArray(3 * levels.size) { levels[it / 3] }
        assertSame(expected + expected + expected, toTensor(Pixels(1, levels.size, gray)))
    },
)

private fun Values.probePlan(width: Int, height: Int) = ProbePlan(width, height, int("size"), int("probes_per_side"))

val PROBES: Replays = mapOf(
    "plan" to { case ->
        val plan = case.given.probePlan(case.given.int("width"), case.given.int("height"))
        val (x, y) = case.expected.ints("x") to case.expected.ints("y")
        assertEquals(x to y, plan.columns.toList() to plan.rows.toList())
        assertEquals(y.flatMap { top -> x.map { it to top } }, plan.toList())
        assertEquals(x.size * y.size, plan.count)
    },
    "gather" to { case ->
        val photo = case.given.pixels("photo")
        val plan = case.given.probePlan(photo.width, photo.height)
        val found = plan.gather { top, bottom -> photo.view(top, 0, bottom - top, photo.width) }
        val expected = case.expected.array("probes").pictures()
        assertEquals(expected.size, found.size)
        expected.zip(found) { one, other -> assertSame(one, other) }
    },
    "average" to { case ->
        val found = average(case.given.rows("mask"), case.given.rows("value"), case.given.int("trim"))
        assertSame(case.expected.doubles("mask"), found.mask)
        assertSame(case.expected.doubles("soft_code"), found.soft)
    },
)

val TRANSPARENCY: Replays = mapOf(
    "fill" to { case ->
        val alpha = case.given.array("alpha").bytes
        val found = fillHidden(case.given.pixels("photo"), BooleanArray(alpha.size) { alpha[it] == 0.toByte() })
        assertSame(case.expected.pixels("photo"), found)
    },
    "deep" to { case ->
        assertEquals(case.expected.ints("levels"), case.given.ints("samples").map(::eightBits))
    },
)

/** Levels in a row, as many pixels as there are threes; what is left over is filled up. */
private fun pixels(levels: List<Int>): Pixels {
    val width = (levels.size + 2) / 3
    return Pixels(1, width, ByteArray(3 * width) { levels.getOrElse(it) { 0 }.toByte() })
}

val CHANGES: Replays = mapOf(
    "strength" to { case ->
        val parts = partsOf(case.given.double("strength"))
        assertEquals(case.expected.int("parts"), parts)
        val found = mixed(pixels(case.given.ints("photo")), pixels(case.given.ints("restored")), parts)
        val expected = case.expected.ints("result")
        assertEquals(expected, levels(found.data).take(expected.size))
    },
    "change" to { case ->
        val visible = if (case.given.isNull("alpha")) null else case.given.ints("alpha").map { it > 0 }.toBooleanArray()
        val (photo, result) = pixels(case.given.ints("photo")) to pixels(case.given.ints("result"))
        val change = Change()
        change.add(photo, result, case.given.boolean("gray"), visible)
        val found = change.squares to change.numbers
        assertEquals(case.expected.long("squares") to case.expected.long("numbers"), found)
    },
    "left_alone" to { case ->
        val change = Change()
        change.squares = case.given.long("squares")
        change.numbers = case.given.long("numbers")
        assertEquals(case.expected.double("change_psnr"), change.psnr, 1e-9)
        assertEquals(case.expected.boolean("left_alone"), change.psnr >= LEFT_ALONE)
    },
)
