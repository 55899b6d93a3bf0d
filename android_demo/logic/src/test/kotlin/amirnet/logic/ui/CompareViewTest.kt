package amirnet.logic.ui

import kotlin.math.abs
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

class CompareViewTest {
    private val view = CompareView(4000, 3000, 1000.0, 1500.0)

    private fun near(one: Double, other: Double) = assertTrue(abs(one - other) < 1e-9, "$one is not $other")

    @Test
    fun theWholePhotoIsInTheMiddle() {
        assertEquals(Frame(0.0, 375.0, 1000.0, 750.0), view.placed)
        assertEquals(Frame(0.0, 0.0, 4000.0, 3000.0), view.visible)
        near(500.0, view.dividerX)
    }

    @Test
    fun whatIsUnderTheFingersStaysThere() {
        val zoomed = view.zoomedBy(5.0, 300.0, 700.0)
        val (before, after) = listOf(view.placed, zoomed.placed).map {
            (300.0 - it.left) / it.width to (700.0 - it.top) / it.height
        }
        near(before.first, after.first)
        near(before.second, after.second)
    }

    @Test
    fun thePhotoCannotBeLost() {
        val far = view.zoomedBy(6.0).movedBy(1e6, -1e6)
        near(0.0, far.placed.left)
        near(1500.0, far.placed.top + far.placed.height)
        assertEquals(view, view.movedBy(50.0, 50.0))
        assertEquals(view.placed, far.zoomedBy(1e-3).placed)
        assertEquals(view, far.whole().copy(divider = 0.5))
    }

    @Test
    fun thereIsAMostAndALeast() {
        near(4.0, view.zoomedBy(1e9).scale)
        assertEquals(1.0, view.zoomedBy(0.1).zoom)
        assertEquals(4.0, CompareView(100, 100, 1000.0, 1000.0).zoomedBy(100.0).zoom)
    }

    @Test
    fun theDividerFollowsTheFingerAndTheKeys() {
        near(0.25, view.dividerAt(250.0).divider)
        near(1.0, view.dividerAt(5000.0).divider)
        near(0.4, view.dividerStepped(-2).divider)
        near(0.0, view.dividerStepped(-99).divider)
        // Zooming moves the photo and not the divider: both halves are cut at the same place of the screen.
        near(0.25, view.dividerAt(250.0).zoomedBy(3.0, 10.0, 10.0).divider)
    }

    @Test
    fun turnedScreensKeepTheirPlace() {
        val turned = view.zoomedBy(4.0, 800.0, 600.0).resized(1500.0, 1000.0)
        assertTrue(turned.visible.width > 0 && turned.visible.left >= 0)
        assertEquals(4.0, turned.zoom)
    }
}
