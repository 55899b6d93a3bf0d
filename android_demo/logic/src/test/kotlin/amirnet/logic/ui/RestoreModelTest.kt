package amirnet.logic.ui

import amirnet.EngineError
import amirnet.ImageError
import amirnet.OutputError
import amirnet.logic.job.JobEffect
import amirnet.logic.job.JobJournal
import amirnet.logic.job.JobRecord
import amirnet.logic.job.JobState
import amirnet.logic.photo.PhotoNeeds
import amirnet.logic.photo.SizeVerdict
import amirnet.runtime.Light
import amirnet.runtime.LightCurve
import amirnet.runtime.Pixels
import amirnet.runtime.RestoreOptions
import java.io.File
import java.nio.file.Files
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.Executors
import kotlin.test.AfterTest
import kotlin.test.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.cancel

/** The restore screen's view model over the runtime and the shipped bundle "tiny", with a stand-in for the engine. */
class RestoreModelTest {
    private val folder: File = Files.createTempDirectory("model").toFile().also { File(it, "photo").writeText("x") }
    private val thread = Executors.newSingleThreadExecutor()
    private val scope = CoroutineScope(SupervisorJob())
    private val effects = CopyOnWriteArrayList<JobEffect>()
    private val journal = JobJournal(folder)
    private val photo = Pixels(300, 400, ByteArray(3 * 300 * 400) { (it * 7).toByte() })
    private val desk = TestDesk(photo)
    private val source = TestSource(ArrayDeque(listOf(darker())))
    private val model = RestoreModel(desk, source, journal, scope, thread.asCoroutineDispatcher()) { effect, _ ->
        effects += effect
    }

    @AfterTest
    fun close() {
        scope.cancel()
        thread.shutdownNow()
    }

    private fun darker(failsAt: Int = -1) = Darker(failsAt) { desk.onTile() }

    private fun choose(options: RestoreOptions = RestoreOptions()) =
        model.choose(JobRecord("photo", "IMG.jpg", placeStripped = false, options, running = false, restored = false))

    /** Until the model is where it is wanted; a test that never comes there fails with what is shown. */
    private fun until(wanted: (RestoreUiState) -> Boolean): RestoreUiState {
        repeat(2000) {
            model.state.value.let { if (wanted(it)) return it }
            Thread.sleep(5)
        }
        throw AssertionError("never came: ${model.state.value}")
    }

    /** A state is seen before what it asks for is done: waits for that, and fails if something else comes last. */
    private fun assertEndsWith(effect: JobEffect) {
        repeat(2000) {
            if (effects.lastOrNull() == effect) return
            Thread.sleep(5)
        }
        assertEquals(effect, effects.last())
    }

    private fun finished() = until { it.job == JobState.Finished && it.hasResult }

    @Test
    fun aPhotoIsRestoredAndTold() {
        choose()
        val state = finished()
        assertEquals("IMG.jpg", assertNotNull(state.facts).title)
        assertTrue("noise" in state.kinds)
        assertEquals(1.0, assertNotNull(state.found).kinds.sumOf { it.second }, 1e-9)
        assertFalse(state.needsRun)
        assertEquals(JobEffect.START_FOREGROUND, effects.first())
        assertEndsWith(JobEffect.STOP_FOREGROUND)
        assertEquals(true, journal.read()?.restored)
    }

    @Test
    fun strengthAnswersAtOnceAndIsWhatIsSaved() {
        choose(RestoreOptions(light = Light.Keep))
        finished()
        model.setStrength(0.0)
        val state = model.state.value
        assertFalse(state.needsRun)
        assertContentEquals(photo.data, assertNotNull(LivePicture.of(state)).data)
        model.setStrength(0.5)
        model.setKeepPlace(true)
        model.save()
        until { it.saved != null }
        assertEquals(listOf(Triple(128, false, true)), desk.saves)
        assertEquals(1, source.unloaded)
    }

    @Test
    fun lightAndKindNeedAnotherRunAndSayso() {
        choose()
        finished()
        model.setLight(Light.Scaled(0.5))
        assertTrue(model.state.value.needsRun)
        model.setLight(Light.Auto)
        assertFalse(model.state.value.needsRun)
        model.setKind("noise")
        assertTrue(model.state.value.needsRun)
        model.restore()
        val again = until { it.job == JobState.Finished && it.applied?.kind == "noise" }
        assertFalse(again.needsRun)
        assertEquals("noise", again.found?.said)
    }

    @Test
    fun theLightIsPreviewedWhereItCanBeForetold() {
        val preview = Preview(photo, photo, LightCurve.of(listOf(1.0, 1.0, 1.0), listOf(0.0, 0.0, 0.0)))
        val state = RestoreUiState(applied = RestoreOptions(), preview = preview)
        assertFalse(LivePicture.isLightPreview(state))
        val half = state.copy(choices = RestoreOptions(Light.Scaled(0.5)))
        assertTrue(LivePicture.isLightPreview(half))
        val brighter = minOf(255, (photo.level(0, 3, 1) * 1.5 + 0.5).toInt())
        assertEquals(brighter, LivePicture.of(half)?.level(0, 3, 1))
        assertContentEquals(photo.data, LivePicture.of(state.copy(choices = RestoreOptions(Light.Keep)))?.data)
        val brighten = state.copy(choices = RestoreOptions(Light.Brighten))
        assertFalse(LivePicture.isLightPreview(brighten))
        assertTrue(brighten.needsRun)
    }

    @Test
    fun cancelledWithinOneTile() {
        var after = -1
        desk.onTile = {
            if (after < 0) model.cancel()
            after++
        }
        choose()
        val state = until { it.job == JobState.Cancelled }
        assertNull(state.preview)
        assertTrue(after <= 1, "$after tiles after cancelling")
        desk.onTile = {}
        model.restore()
        finished()
    }

    @Test
    fun theTimeLimitLeavesThePhotoThere() {
        desk.onTile = { model.timeLimit() }
        choose()
        assertEquals(JobState.Interrupted(timeLimit = true), until { it.job is JobState.Interrupted }.job)
        assertEndsWith(JobEffect.STOP_FOREGROUND)
        desk.onTile = {}
        thread.submit {}.get()
        model.restore()
        finished()
    }

    @Test
    fun anEngineThatFailsAtWorkIsReplacedAndThePhotoBegunAnew() {
        source.engines.clear()
        source.engines += listOf(darker(failsAt = 2), darker())
        choose(RestoreOptions(light = Light.Keep))
        val after = assertNotNull(finished().preview).after
        assertEquals(photo.level(299, 399, 2) - 1, after.level(299, 399, 2))
        assertEquals(1, source.engines.size)
    }

    @Test
    fun errorsComeByTheContractsName() {
        source.engines.clear()
        source.engines += darker(failsAt = 1)
        choose()
        assertEquals("EngineError", assertIs<JobState.Failed>(until { it.job is JobState.Failed }.job).error)
        model.dismissError()
        assertEquals(JobState.Idle, model.state.value.job)
        desk.broken = true
        choose()
        val failed = assertIs<JobState.Failed>(until { it.job is JobState.Failed }.job)
        assertEquals("ImageError" to "IMG.jpg: not a photo; choose another one", failed.error to failed.message)
    }

    @Test
    fun aPhotoThatDoesNotFitIsRefusedWithItsNumbers() {
        desk.large = SizeVerdict.Refused(200, PhotoNeeds(1, 2), 3, 4)
        choose()
        val state = until { it.job is JobState.Failed }
        assertEquals(200, state.refused?.megapixels)
    }

    @Test
    fun whatCannotBeSavedIsToldAndTheResultStays() {
        choose()
        finished()
        desk.saving = { throw OutputError("a.jpg: no room; make room") }
        model.save()
        val state = until { it.error != null }
        assertEquals("OutputError", state.error?.first)
        assertTrue(state.hasResult && !state.saving)
    }

    @Test
    fun afterTheProcessEndedThePhotoIsOffered() {
        val options = RestoreOptions(kind = "noise")
        journal.write(JobRecord("photo", "IMG.jpg", false, options, running = true, restored = false))
        model.resurrect()
        assertEquals(JobState.Interrupted(timeLimit = false), model.state.value.job)
        assertEquals("noise", model.state.value.choices.kind)
        model.restore()
        finished()
    }
}
