package android.app;

/** Additions of API 29 and 35. */
public abstract class Service {
    public final void startForeground(int id, Notification notification, int foregroundServiceType) {
        throw new AssertionError();
    }
    public void onTimeout(int startId, int fgsType) {
        throw new AssertionError();
    }
}
