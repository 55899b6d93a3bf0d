package android;

/** Additions of API 29 and 33. */
public final class Manifest {
    public static final class permission {
        public static final String ACCESS_MEDIA_LOCATION = "android.permission.ACCESS_MEDIA_LOCATION";
        public static final String POST_NOTIFICATIONS = "android.permission.POST_NOTIFICATIONS";
        public static final String READ_MEDIA_IMAGES = "android.permission.READ_MEDIA_IMAGES";
    }
}
