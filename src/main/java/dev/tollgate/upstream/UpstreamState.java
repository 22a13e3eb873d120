package dev.tollgate.upstream;

import org.jboss.logging.Logger;

/** Logs once when requests can no longer be signed or sent, and once when they can again. */
final class UpstreamState {

    private static final Logger LOG = Logger.getLogger(UpstreamState.class);
    static final String NO_CREDENTIALS = "no AWS credentials";
    private static final String SOUND = "";

    private volatile String problem = SOUND;

    void failing(String what, Throwable cause) {
        String before = problem;
        problem = what;
        if (!before.equals(what)) {
            LOG.errorf("Calls fail: %s (%s)", what, cause);
        }
    }

    void sound() {
        if (!isSound()) {
            problem = SOUND;
            LOG.info("Calls can be signed and sent again");
        }
    }

    boolean canSign() {
        return !problem.equals(NO_CREDENTIALS);
    }

    boolean isSound() {
        return problem.isEmpty();
    }
}
