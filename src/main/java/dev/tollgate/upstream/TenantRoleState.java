package dev.tollgate.upstream;

import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Counts what becomes of tenants' sessions, and logs each change of a tenant once, a bounded number of lines a minute. */
final class TenantRoleState {

    private static final Logger LOG = Logger.getLogger(TenantRoleState.class);
    private static final long WINDOW_MILLIS = Duration.ofMinutes(1).toMillis();
    private static final int MAX_LINES = 20;

    private final Consumer<TenantRoleOutcome> listener;
    private final InstantSource clock;
    private long windowStart;
    private int lines;

    TenantRoleState(Consumer<TenantRoleOutcome> listener, InstantSource clock) {
        this.listener = listener;
        this.clock = clock;
    }

    /** @param again true if it had failed before */
    void assumed(Session session, boolean again) {
        listener.accept(TenantRoleOutcome.ASSUMED);
        if (again && mayLog()) {
            LOG.infof("The role of tenant %s can be assumed again", session.name());
        }
    }

    /** @param before why it failed last; empty if it did not */
    void failed(Session session, String why, String before) {
        listener.accept(TenantRoleOutcome.FAILED);
        if (!why.equals(before) && mayLog()) {
            LOG.warnf("tollgate.upstream.tenant-role cannot be assumed for tenant %s: %s", session.name(), why);
        }
    }

    /** A call without a session of its tenant. */
    void without(TenantRoleOutcome what) {
        listener.accept(what);
    }

    private synchronized boolean mayLog() {
        long now = clock.millis();
        if (now - windowStart >= WINDOW_MILLIS) {
            windowStart = now;
            lines = 0;
        }
        if (++lines == MAX_LINES) {
            LOG.warn("Further changes of tenants' roles are counted and not logged for a minute"
                    + " (tollgate_tenant_role_total)");
        }
        return lines < MAX_LINES;
    }
}
