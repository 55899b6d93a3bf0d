package android.graphics;

/** Additions of API 26. */
public class BitmapFactory {
    public static class Options {
        public ColorSpace inPreferredColorSpace;
        public ColorSpace outColorSpace;
    }
}
