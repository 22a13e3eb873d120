package dev.tollgate.policy;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Where the policy file is. */
@Unremovable
@ConfigMapping(prefix = "tollgate.policy")
public interface PolicyConfig {
    /** Without one, calls are metered and nothing is limited. */
    Optional<Path> file();

    /** How often the file is checked for changes; at least 1 ms. */
    @WithDefault("1s")
    Duration checkEvery();
}
