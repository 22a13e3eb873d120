package dev.tollgate.admission;

import io.vertx.core.Future;
import java.util.function.Supplier;

/** Bounds how long a call waits for the ledger, and stops asking one that is down. */
public interface LedgerGuard {
    <T> Future<T> call(Supplier<Future<T>> operation);
}
