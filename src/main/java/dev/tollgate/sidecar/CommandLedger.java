package dev.tollgate.sidecar;

import dev.tollgate.ledger.Ledger;
import dev.tollgate.ledger.LedgerConfig;
import dev.tollgate.ledger.LedgerListener;
import dev.tollgate.ledger.redis.RedisLedger;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.UUID;

/** The ledger in Redis that {@code serve} would use, for a command that looks into it for a moment. */
public record CommandLedger(Ledger ledger, Future<Void> started, AutoCloseable connection) {

    public static CommandLedger of(Vertx vertx, Slices slices) {
        LedgerConfig config = slices.ledger();
        RedisLedger ledger = new RedisLedger(
                vertx,
                () -> slices.redis(vertx),
                new RedisLedger.Settings(
                        config.org(),
                        "command-" + UUID.randomUUID(),
                        config.maxInFlight(),
                        config.recovery(),
                        config.maxCells()),
                LedgerListener.NONE);
        return new CommandLedger(ledger, ledger.start(), () -> ledger.close());
    }
}
