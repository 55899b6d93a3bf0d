package android.content.pm;

/** Additions of API 35. */
public class ServiceInfo {
    public static final int FOREGROUND_SERVICE_TYPE_MEDIA_PROCESSING = 8192;
}
