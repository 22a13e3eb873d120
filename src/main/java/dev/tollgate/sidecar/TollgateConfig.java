package dev.tollgate.sidecar;

import dev.tollgate.pricing.Estimator;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Settings that belong to no one room. */
@ConfigMapping(prefix = "tollgate")
public interface TollgateConfig {
    @WithDefault("8787")
    int port();

    @WithDefault("9000")
    int managementPort();

    @WithDefault("redis://127.0.0.1:6379")
    String redisUrl();

    Policy policy();

    Prices prices();

    @WithDefault("expected")
    Estimator.Mode estimate();

    /** Whether calls are tagged for the model invocation log. */
    @WithDefault("add")
    Metadata metadata();

    Metrics metrics();

    interface Policy {
        /** Without one there are no limits. */
        Optional<Path> file();

        /** How often the file is looked at. */
        @WithDefault("1s")
        Duration checkEvery();
    }

    interface Prices {
        Optional<Path> file();
    }

    interface Metrics {
        /** Tenants that have series of their own. */
        @WithDefault("200")
        int maxTenants();
    }

    enum Metadata {
        ADD,
        OFF
    }
}
