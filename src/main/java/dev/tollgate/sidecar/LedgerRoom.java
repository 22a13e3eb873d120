package dev.tollgate.sidecar;

import dev.tollgate.admission.LedgerGuard;
import dev.tollgate.ledger.Ledger;
import dev.tollgate.ledger.local.LocalLedger;
import dev.tollgate.ledger.redis.RedisLedger;
import dev.tollgate.telemetry.Metrics;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The ledger that the settings choose.
 *
 * @param pods how many share it
 * @param mode the state of its breaker, or {@code memory}
 * @param close ends its connection
 */
record LedgerRoom(Ledger ledger, LedgerGuard guard, IntSupplier pods, Supplier<String> mode, Runnable close) {

    private static final Logger LOG = Logger.getLogger(LedgerRoom.class);

    static LedgerRoom inMemory(Platform platform, Metrics metrics) {
        LOG.warn("The ledger is in memory: limits hold for this process only and are forgotten when it ends");
        Supplier<String> mode = () -> "memory";
        metrics.ledgerMode(mode, List.of("memory"));
        return new LedgerRoom(new LocalLedger(platform.clock()), Supplier::get, () -> 1, mode, () -> {});
    }

    static LedgerRoom inRedis(Platform platform, TollgateConfig.LedgerConfig config, Metrics metrics) {
        RedisLedger shared = new RedisLedger(
                platform.vertx(),
                platform.redis().get(),
                config.org(),
                platform.instance(),
                config.maxInFlight(),
                config.recovery().toMillis(),
                metrics::ledgerReset);
        shared.start().onFailure(e -> LOG.debugf("Redis cannot be reached yet: %s", e.getMessage()));
        DeadlineGuard guard = DeadlineGuard.ledger(config.deadline());
        metrics.ledgerMode(guard::mode, List.of("closed", "open", "half_open"));
        return new LedgerRoom(shared, guard, shared::pods, guard::mode, shared::close);
    }
}
