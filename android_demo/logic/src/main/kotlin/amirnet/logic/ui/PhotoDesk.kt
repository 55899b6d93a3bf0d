package amirnet.logic.ui

import amirnet.EngineError
import amirnet.Restorer
import amirnet.logic.job.JobRecord
import amirnet.logic.photo.SizeVerdict
import amirnet.runtime.LightCurve
import amirnet.runtime.PhotoRows

/** Where photos come from and go to: Android's part. All of it may take long, and is called by the owner thread. */
interface PhotoDesk {
    /** Raises ImageError for what is no photo. */
    fun open(record: JobRecord): OpenedPhoto
}

/** A photo that was opened; it is closed when another takes its place. */
interface OpenedPhoto : AutoCloseable {
    val facts: PhotoFacts

    /** null: this phone can restore it. */
    val refused: SizeVerdict.Refused?

    /** Its rows; what is written to them is kept apart from the photo.. */
    fun rows(): PhotoRows

    /** Before and after, once the rows were written. Raises ImageError, OutputError. */
    fun preview(curve: LightCurve?): Preview

    /**
     * Save the result beside the photo, never over it.
     *
     * @param parts 0..256 of the restored photo. [brightened]: whether its light was changed.
     *
     * Raises OutputError, OutOfMemoryError; then nothing is left in the gallery.
     */
    fun save(parts: Int, brightened: Boolean, keepPlace: Boolean): SavedPhoto
}

/** What restores: the app's model on the first engine that works. Called by the owner thread. */
interface RestorerSource {
    /** Raises BundleError, EngineError. */
    fun ready(): Restorer

    /** Whether another engine is there to take over. */
    fun failed(error: EngineError): Boolean

    /** Let go of the engine's memory, before a photo is written. */
    fun unload()
}
