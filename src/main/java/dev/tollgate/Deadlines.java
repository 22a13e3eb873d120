package dev.tollgate;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Deadlines of one length. They end in the order in which they were started, so one timer that watches the first is enough: a
 * timer for each would cost every call three times. Any thread.
 */
public final class Deadlines {

    private static final long MILLI = 1_000_000;

    private final Context loop;
    private final long nanos;
    /** The deadlines that run, in a ring, the earliest behind this one. */
    private final Deadline ring = new Deadline(() -> {});

    private boolean watching;

    /** @param length at least 1 ms */
    public Deadlines(Vertx vertx, Duration length) {
        this.loop = vertx.getOrCreateContext();
        this.nanos = Math.max(MILLI, length.toNanos());
    }

    /** One that does not run yet. */
    public Deadline of(Runnable missed) {
        return new Deadline(missed);
    }

    /** One deadline. It is missed at most once, on the context that started it last, unless it was met. */
    public final class Deadline {
        private final Runnable missed;
        private Deadline before = this;
        private Deadline behind = this;
        private long dueNanos;
        private boolean over;
        private boolean isMissed;
        private @Nullable Context context;

        private Deadline(Runnable missed) {
            this.missed = missed;
        }

        /** The whole length from now on, also if it runs already; nothing if it was met or missed. */
        public void start() {
            long now = System.nanoTime();
            synchronized (Deadlines.this) {
                if (over) {
                    return;
                }
                unlink();
                dueNanos = now + nanos;
                context = Vertx.currentContext();
                before = ring.before;
                behind = ring;
                before.behind = this;
                ring.before = this;
                if (!watching) {
                    watching = true;
                    watch(nanos);
                }
            }
        }

        /** From now on it cannot be missed or started; false if it was missed before. */
        public boolean met() {
            synchronized (Deadlines.this) {
                over = true;
                unlink();
                return !isMissed;
            }
        }

        private void unlink() {
            before.behind = behind;
            behind.before = before;
            before = this;
            behind = this;
        }

        private void pass() {
            Context own = context;
            if (own == null) {
                miss();
            } else {
                own.runOnContext(v -> miss());
            }
        }

        private void miss() {
            synchronized (Deadlines.this) {
                if (over || dueNanos - System.nanoTime() > 0) {
                    return;
                }
                over = true;
                isMissed = true;
            }
            missed.run();
        }
    }

    private void watch(long left) {
        loop.runOnContext(v -> loop.owner().setTimer(Math.max(1, (left + MILLI - 1) / MILLI), t -> look()));
    }

    private void look() {
        List<Deadline> passed = new ArrayList<>();
        synchronized (this) {
            long now = System.nanoTime();
            Deadline first = ring.behind;
            while (first != ring && first.dueNanos - now <= 0) {
                first.unlink();
                passed.add(first);
                first = ring.behind;
            }
            watching = first != ring;
            if (watching) {
                watch(first.dueNanos - now);
            }
        }
        passed.forEach(Deadline::pass);
    }
}
