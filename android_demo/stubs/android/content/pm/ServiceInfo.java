package android.content.pm;

/** Additions of API 29 and 35. */
public class ServiceInfo {
    public static final int FOREGROUND_SERVICE_TYPE_DATA_SYNC = 1;
    public static final int FOREGROUND_SERVICE_TYPE_MEDIA_PROCESSING = 8192;
}
