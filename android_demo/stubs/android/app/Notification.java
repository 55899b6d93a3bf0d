package android.app;

import android.content.Context;

/** Additions of API 26. */
public class Notification {
    public static class Builder {
        public Builder(Context context, String channelId) {
        throw new AssertionError();
    }
    }
}
