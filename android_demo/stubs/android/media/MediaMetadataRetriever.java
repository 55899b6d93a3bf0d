package android.media;

/** Additions of API 29. */
public class MediaMetadataRetriever {
    public static final int METADATA_KEY_EXIF_OFFSET = 33;
    public static final int METADATA_KEY_EXIF_LENGTH = 34;
}
