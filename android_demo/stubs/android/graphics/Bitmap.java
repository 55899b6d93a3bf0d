package android.graphics;

/** Additions of API 26 and 34. */
public final class Bitmap {
    public enum Config { ARGB_8888 }
    public static Bitmap createBitmap(int width, int height, Config config, boolean hasAlpha, ColorSpace colorSpace) {
        throw new AssertionError();
    }
    public boolean hasGainmap() {
        throw new AssertionError();
    }
    public Gainmap getGainmap() {
        throw new AssertionError();
    }
    public void setGainmap(Gainmap gainmap) {
        throw new AssertionError();
    }
}
