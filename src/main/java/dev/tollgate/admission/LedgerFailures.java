package dev.tollgate.admission;

import dev.tollgate.ledger.LedgerException;
import java.util.concurrent.CompletionException;

/** What a failed ledger operation means. */
final class LedgerFailures {

    private LedgerFailures() {}

    static String kind(Throwable failure) {
        Throwable e =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (e instanceof LedgerException known) {
            return known.kind();
        }
        String name = e.getClass().getSimpleName();
        return name.contains("Timeout") ? "timeout" : name.contains("CircuitBreaker") ? "open-circuit" : "connection";
    }

    /** True where repeating the operation cannot help. */
    static boolean refused(Throwable failure) {
        String kind = kind(failure);
        return kind.equals("bad-argument") || kind.equals("corrupt");
    }
}
