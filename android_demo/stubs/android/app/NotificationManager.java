package android.app;

/** Additions of API 24 and 26. */
public class NotificationManager {
    public static final int IMPORTANCE_LOW = 2;
    public void createNotificationChannel(NotificationChannel channel) {
        throw new AssertionError();
    }
}
