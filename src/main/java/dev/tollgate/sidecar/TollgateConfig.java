package dev.tollgate.sidecar;

import dev.tollgate.pricing.Estimator;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithParentName;
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

    LedgerConfig ledger();

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

    interface LedgerConfig {
        /** {@code redis}, or {@code memory} for one process. */
        @WithParentName
        @WithDefault("redis")
        Kind kind();

        /** One ledger for each organisation. */
        @WithDefault("default")
        String org();

        /** Longest wait of a call for its decision. */
        @WithDefault("50ms")
        Duration deadline();

        /** How long a call is held without an extension. */
        @WithDefault("60s")
        Duration lease();

        /** How long limits with {@code share} go on without the ledger. */
        @WithDefault("30s")
        Duration outageGrace();

        /** How long budgets wait in a ledger that came back empty, until every pod has told what it knows. */
        @WithDefault("1s")
        Duration recovery();

        /** Most ledger operations in flight. */
        @WithDefault("5000")
        int maxInFlight();
    }

    enum Kind {
        REDIS,
        MEMORY
    }
}
