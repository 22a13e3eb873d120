package dev.tollgate.telemetry;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import java.net.URI;
import java.util.Optional;

/** Who is notified when a budget passes a threshold, is used up, or starts over. */
@Unremovable
@ConfigMapping(prefix = "tollgate.notify")
public interface NotifyConfig {
    /** Gets a POST with JSON, whose {@code text} Slack understands. */
    Optional<URI> webhook();
}
