package dev.tollgate.telemetry;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The last calls and denials of this pod, in a ring. */
public final class RecentCalls {

    /** As many are kept. */
    public static final int MAX = 50;

    private final @Nullable RecentCall[] ring = new RecentCall[MAX];
    private long count;

    synchronized void add(RecentCall call) {
        ring[(int) (count % MAX)] = call;
        count++;
    }

    /** The newest first. */
    public synchronized List<RecentCall> newestFirst() {
        List<RecentCall> calls = new ArrayList<>();
        for (long i = count - 1; i >= Math.max(0, count - MAX); i--) {
            RecentCall call = ring[(int) (i % MAX)];
            if (call != null) {
                calls.add(call);
            }
        }
        return calls;
    }
}
