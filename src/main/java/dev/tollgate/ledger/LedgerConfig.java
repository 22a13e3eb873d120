package dev.tollgate.ledger;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithParentName;
import java.time.Duration;
import java.util.OptionalInt;

/** Where the books are kept, and how long they are waited for. */
@Unremovable
@ConfigMapping(prefix = "tollgate.ledger")
public interface LedgerConfig {

    /** {@code redis}, or {@code memory} for one process. */
    @WithParentName
    @WithDefault("redis")
    Kind kind();

    /** One ledger for each organisation. */
    @WithDefault("default")
    String org();

    /** Longest wait for a decision, from when the request was written. */
    @WithDefault("250ms")
    Duration deadline();

    /** How long a call is held without an extension. */
    @WithDefault("60s")
    Duration lease();

    /** How long limits with {@code share} go on without the ledger. */
    @WithDefault("30s")
    Duration outageGrace();

    /** How long budgets and concurrency limits wait in a ledger that lost writes, until every pod has reported. */
    @WithDefault("1s")
    Duration recovery();

    /** Most admissions that wait for the ledger. */
    @WithDefault("5000")
    int maxInFlight();

    /** Most buckets that one tenant, or all tenants together share, can have. */
    @WithDefault("1000")
    int maxCells();

    /** Pods that share the limits, for one that starts while the ledger is away. */
    OptionalInt expectedPods();

    enum Kind {
        REDIS,
        MEMORY
    }
}
