/**
 * Keeps the process alive while a photo is restored, whatever is in front. What it does when is RestoreJob's business.
 */
package amirnet.app

import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.app.Service
import android.content.Context
import android.content.Intent
import android.content.pm.ServiceInfo
import android.os.Build
import android.os.IBinder
import amirnet.logic.job.JobEffect
import amirnet.logic.job.JobState

class RestoreService : Service() {
    private val parts get() = (application as AmirnetApp).parts

    override fun onBind(intent: Intent?): IBinder? = null

    override fun onStartCommand(intent: Intent?, flags: Int, startId: Int): Int {
        if (intent?.action == CANCEL) {
            parts.restore.cancel()
            return START_NOT_STICKY
        }
        val state = parts.restore.state.value.job
        val told = notification(this, state)
        when {
            Build.VERSION.SDK_INT >= 35 ->
                startForeground(ONGOING, told, ServiceInfo.FOREGROUND_SERVICE_TYPE_MEDIA_PROCESSING)
            Build.VERSION.SDK_INT >= 29 ->
                startForeground(ONGOING, told, ServiceInfo.FOREGROUND_SERVICE_TYPE_DATA_SYNC)
            else -> startForeground(ONGOING, told)
        }
        shown = true
        if (!state.isBusy) leave(this) // the work ended before the system came to start this
        return START_NOT_STICKY // after the process ended the journal offers the photo again
    }

    /** The system's six hours a day are used up: the service must stop within seconds, or the app is ended. */
    override fun onTimeout(startId: Int, fgsType: Int) {
        parts.restore.timeLimit()
        stopSelf()
    }

    override fun onDestroy() {
        shown = false
        super.onDestroy()
    }

    companion object {
        /** Whether the service came to the foreground: one that is stopped before that ends the app. */
        @Volatile
        private var shown = false

        private const val CHANNEL = "restoring"
        private const val ONGOING = 1
        private const val ENDED = 2
        private const val CANCEL = "org.amirnet.demo.CANCEL"

        /** What RestoreJob asks for. */
        fun apply(context: Context, effect: JobEffect, state: JobState) {
            val manager = context.getSystemService(NotificationManager::class.java)
            when (effect) {
                JobEffect.START_FOREGROUND -> {
                    val name = context.getString(R.string.notification_channel)
                    manager.createNotificationChannel(
                        NotificationChannel(CHANNEL, name, NotificationManager.IMPORTANCE_LOW),
                    )
                    manager.cancel(ENDED)
                    context.startForegroundService(Intent(context, RestoreService::class.java))
                }
                JobEffect.UPDATE_NOTIFICATION -> manager.notify(ONGOING, notification(context, state))
                JobEffect.NOTIFY_END -> endOf(context, state)?.let { manager.notify(ENDED, it) }
                JobEffect.STOP_FOREGROUND -> leave(context)
                JobEffect.BEGIN_WORK, JobEffect.ASK_WORK_TO_STOP -> Unit // the view model's own
            }
        }

        private fun leave(context: Context) {
            if (!shown) return // it is still on its way, and leaves by itself
            context.stopService(Intent(context, RestoreService::class.java))
            context.getSystemService(NotificationManager::class.java).cancel(ONGOING)
        }

        private fun notification(context: Context, state: JobState): Notification {
            val cancel = PendingIntent.getService(
                context, 0, Intent(context, RestoreService::class.java).setAction(CANCEL), PendingIntent.FLAG_IMMUTABLE,
            )
            val running = state as? JobState.Running
            val action = Notification.Action.Builder(null, context.getString(R.string.progress_cancel), cancel).build()
            return base(context, R.string.notification_title)
                .setContentText(running?.let { context.getString(R.string.progress_tiles, it.done, it.total) })
                .setProgress(BAR, ((running?.fraction ?: 0.0) * BAR).toInt(), running == null)
                .setOngoing(true)
                .setOnlyAlertOnce(true)
                .addAction(action)
                .build()
        }

        private fun endOf(context: Context, state: JobState): Notification? = when (state) {
            JobState.Finished -> base(context, R.string.notification_done).build()
            is JobState.Failed -> base(context, R.string.notification_failed).setContentText(state.message).build()
            is JobState.Interrupted -> base(context, R.string.notification_time_limit)
                .setContentText(context.getString(R.string.notification_time_limit_text)).build()
            else -> null
        }

        private fun base(context: Context, title: Int): Notification.Builder {
            val open = PendingIntent.getActivity(
                context, 0, Intent(context, MainActivity::class.java), PendingIntent.FLAG_IMMUTABLE,
            )
            return Notification.Builder(context, CHANNEL)
                .setSmallIcon(R.drawable.ic_notification)
                .setContentTitle(context.getString(title))
                .setContentIntent(open)
                .setAutoCancel(true)
        }

        private const val BAR = 1000
    }
}
