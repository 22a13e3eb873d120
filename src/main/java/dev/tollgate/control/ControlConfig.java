package dev.tollgate.control;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** Who may read the pages of the management port. */
@Unremovable
@ConfigMapping(prefix = "tollgate")
public interface ControlConfig {
    /** Admits requests from other addresses than loopback; without one, only loopback is admitted. */
    Optional<String> managementToken();
}
