package android.os;

/** Additions of API 31. */
public class Build {
    public static final String SOC_MODEL = unknown();
    private static String unknown() {
        throw new AssertionError();
    }
}
