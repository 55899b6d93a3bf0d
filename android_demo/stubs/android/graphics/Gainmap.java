package android.graphics;

/** API 34. */
public final class Gainmap {
    public Gainmap(Bitmap gainmapContents) {
        throw new AssertionError();
    }
    public Bitmap getGainmapContents() {
        throw new AssertionError();
    }
    public float[] getRatioMin() {
        throw new AssertionError();
    }
    public void setRatioMin(float r, float g, float b) {
        throw new AssertionError();
    }
    public float[] getRatioMax() {
        throw new AssertionError();
    }
    public void setRatioMax(float r, float g, float b) {
        throw new AssertionError();
    }
    public float[] getGamma() {
        throw new AssertionError();
    }
    public void setGamma(float r, float g, float b) {
        throw new AssertionError();
    }
    public float[] getEpsilonSdr() {
        throw new AssertionError();
    }
    public void setEpsilonSdr(float r, float g, float b) {
        throw new AssertionError();
    }
    public float[] getEpsilonHdr() {
        throw new AssertionError();
    }
    public void setEpsilonHdr(float r, float g, float b) {
        throw new AssertionError();
    }
    public float getDisplayRatioForFullHdr() {
        throw new AssertionError();
    }
    public void setDisplayRatioForFullHdr(float max) {
        throw new AssertionError();
    }
    public float getMinDisplayRatioForHdrTransition() {
        throw new AssertionError();
    }
    public void setMinDisplayRatioForHdrTransition(float min) {
        throw new AssertionError();
    }
}
