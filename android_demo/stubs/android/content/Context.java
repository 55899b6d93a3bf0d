package android.content;

/** Additions of API 26. Abstract there; not here, so that the older subclasses of android.jar stay whole. */
public abstract class Context {
    public ComponentName startForegroundService(Intent service) {
        throw new AssertionError();
    }
}
