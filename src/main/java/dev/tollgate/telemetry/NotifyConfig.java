package dev.tollgate.telemetry;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import java.net.URI;
import java.util.Optional;

/** Who is told of budgets that pass a threshold, are used up, or start over. */
@Unremovable
@ConfigMapping(prefix = "tollgate.notify")
public interface NotifyConfig {
    /** Gets a POST with JSON, whose {@code text} Slack understands. */
    Optional<URI> webhook();
}
