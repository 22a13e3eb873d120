package dev.tollgate.sidecar;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithParentName;
import java.time.Duration;

/** Settings of the process itself: its ports and its ledger. Every other room has a slice of its own. */
@Unremovable
@ConfigMapping(prefix = "tollgate")
public interface TollgateConfig {
    /** The data port, on 127.0.0.1 and ::1. */
    @WithDefault("8787")
    int port();

    /** Metrics, health, pages. */
    @WithDefault("9000")
    int managementPort();

    /** {@code quarkus.redis.*} has TLS, cluster and sentinel. */
    @WithDefault("redis://127.0.0.1:6379")
    String redisUrl();

    LedgerConfig ledger();

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

        /** How long budgets wait in a ledger that came back empty, until every pod has reported what it knows. */
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
