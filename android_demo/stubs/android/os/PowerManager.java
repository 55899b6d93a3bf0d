package android.os;

/** Additions of API 29 and 30. */
public final class PowerManager {
    public int getCurrentThermalStatus() {
        throw new AssertionError();
    }
    public void addThermalStatusListener(OnThermalStatusChangedListener listener) {
        throw new AssertionError();
    }
    public float getThermalHeadroom(int forecastSeconds) {
        throw new AssertionError();
    }
    public interface OnThermalStatusChangedListener {
        void onThermalStatusChanged(int status);
    }
}
