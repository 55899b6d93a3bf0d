package android.provider;

import android.content.Context;
import android.net.Uri;

/** Additions of API 29. */
public final class MediaStore {
    public static Uri getMediaUri(Context context, Uri documentUri) {
        throw new AssertionError();
    }
    public static Uri setRequireOriginal(Uri uri) {
        throw new AssertionError();
    }
    public interface MediaColumns {
        String IS_PENDING = "is_pending";
        String RELATIVE_PATH = "relative_path";
    }
}
