package android.content;

/** Additions of API 33. */
public class Intent {
    public <T> T getParcelableExtra(String name, Class<T> clazz) {
        throw new AssertionError();
    }
}
