package dev.tollgate.upstream;

import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/** Logs once when requests can no longer be signed or sent, and once when they can again. */
final class UpstreamState {

    private static final Logger LOG = Logger.getLogger(UpstreamState.class);
    private static final String SOUND = "";

    private final AtomicReference<String> problem = new AtomicReference<>(SOUND);

    void failing(String what, Throwable cause) {
        if (!problem.getAndSet(what).equals(what)) {
            LOG.errorf("Calls fail: %s (%s)", what, cause);
        }
    }

    void sound() {
        if (!isSound() && !problem.getAndSet(SOUND).isEmpty()) {
            LOG.info("Calls can be signed and sent again");
        }
    }

    boolean isSound() {
        return problem.get().isEmpty();
    }
}
