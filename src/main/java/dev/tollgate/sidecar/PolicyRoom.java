package dev.tollgate.sidecar;

import dev.tollgate.policy.PolicyConfig;
import dev.tollgate.policy.PolicyState;
import dev.tollgate.policy.PolicyWatcher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** The policy in force, from the file that the settings name. */
final class PolicyRoom {

    private static final Logger LOG = Logger.getLogger(PolicyRoom.class);

    private PolicyRoom() {}

    static Supplier<PolicyState> of(Platform platform, PolicyConfig config, PolicyWatcher.Listener listener) {
        if (config.file().isEmpty()) {
            LOG.warn("No tollgate.policy.file: calls are metered, nothing is limited");
            return () -> PolicyState.NONE;
        }
        try {
            PolicyWatcher watcher = PolicyWatcher.start(
                    platform.vertx(), config.file().get(), config.checkEvery(), platform.clock(), listener);
            return watcher::state;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
