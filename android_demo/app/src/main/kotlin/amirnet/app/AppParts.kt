/** The app's parts, put together once: the models' owner thread, the view models, and Android's side of each. */
package amirnet.app

import android.app.Application
import android.net.Uri
import amirnet.ImageError
import amirnet.app.benchmark.PhoneBench
import amirnet.app.engine.AndroidModels
import amirnet.app.photo.AndroidPhotoDesk
import amirnet.app.photo.PhotoImporter
import amirnet.logic.engine.CompileCache
import amirnet.logic.job.JobJournal
import amirnet.logic.ui.BenchmarkModel
import amirnet.logic.ui.RestoreModel
import amirnet.logic.ui.SettingsModel
import java.io.File
import java.util.concurrent.Executors
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.launch

class AppParts(app: Application) {
    /** Where the chosen photo and its restored rows lie; not in the cache, which the system may empty at any time. */
    val jobFolder = File(app.noBackupFilesDir, "job")

    val cache = CompileCache(File(app.noBackupFilesDir, "compiled"))
    val phone = PhoneState(app)

    private val owner = Executors.newSingleThreadExecutor { Thread(it, "amirnet-owner") }.asCoroutineDispatcher()
    val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)

    val models = AndroidModels(app, cache)
    private val desk = AndroidPhotoDesk(app, jobFolder, phone, models::needs)

    val restore = RestoreModel(desk, models, JobJournal(jobFolder), scope, owner) { effect, state ->
        RestoreService.apply(app, effect, state)
    }
    val settings = SettingsModel(models, cache, scope, owner, models::unload)
    val benchmark = BenchmarkModel(PhoneBench(app, models, cache, phone), scope, owner)

    private val importer = PhotoImporter(app, jobFolder)

    /** A bundle's zip that the user opened: copied, so that it is there as long as it is set, then checked and set. */
    fun openBundle(uri: Uri) {
        scope.launch(owner) { settings.setBundle(importer.copyBundle(uri)) }
    }

    /** A photo that was chosen or shared in. What cannot be copied is told as the job's error. */
    fun import(uri: Uri) {
        if (restore.state.value.job.isBusy) return
        val keepPlace = settings.state.value.settings.keepPlace
        restore.setKeepPlace(keepPlace)
        scope.launch(owner) {
            try {
                restore.choose(importer.copy(uri, keepPlace))
            } catch (error: ImageError) {
                restore.failed(error)
            }
        }
    }
}
