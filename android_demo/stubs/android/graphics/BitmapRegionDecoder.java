package android.graphics;

/** Additions of API 31. */
public final class BitmapRegionDecoder {
    public static BitmapRegionDecoder newInstance(String pathName) throws java.io.IOException {
        throw new AssertionError();
    }
}
