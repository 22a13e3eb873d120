package dev.tollgate.ledger;

import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * The books: decides over several limits at once, all or nothing, and ends every reservation exactly once.
 *
 * <p>A future that fails with a {@link LedgerException} means that the outcome is unknown: the same id may be repeated,
 * never a new one. Any other failure is a bug.
 */
public interface Ledger {

    /**
     * Checks every claim, then holds every estimate, or changes nothing.
     *
     * @param written runs once the ledger's answer is awaited; what waits before that is this process' own delay
     */
    Future<AdmitReply> admit(Hold hold, Runnable written);

    default Future<AdmitReply> admit(Hold hold) {
        return admit(hold, () -> {});
    }

    /** Replaces the estimates by the actuals, and counts what was used. Without claims it only counts. */
    Future<SettleReply> settle(Hold hold);

    /** Gives everything back. An admit that arrives later finds the id ended. */
    Future<SettleReply> release(Hold hold);

    /** Starts the lease over; false if the hold had ended. */
    Future<Boolean> extend(Hold hold);

    /** Balances as of now; changes nothing. At most {@link Hold#MAX_CLAIMS} buckets. */
    Future<List<Balance>> peek(String tenant, List<Bucket> buckets);

    /**
     * Marks that a budget's threshold was reported.
     *
     * @param threshold 1 to 100 percent, {@link #EXHAUSTED}, one of these and {@link #OVERRIDDEN} more, or {@link #RESET}
     * @return true for the first of all callers to mark this threshold or a higher one in this period
     */
    Future<Boolean> mark(String tenant, Bucket.Budget budget, int threshold);

    /**
     * What tenants have spent, as all pods settled it. It shares no bound with admissions.
     *
     * @param tenant only this one; empty for all
     * @param cursor empty for the first page, else {@link SpendPage#next()} of the one before
     * @param limit 1 to 1000: a page ends with the tenant that brings it to so many rows, or is the so manieth
     */
    Future<SpendPage> spend(Optional<String> tenant, String cursor, int limit);

    /** The hold's settlement was given up: its lease charges the estimate. */
    void abandon(Hold hold);

    int RESET = 0;
    int EXHAUSTED = 101;

    /** Added to thresholds of another amount than the budget's own: they are reported beside those of its own. */
    int OVERRIDDEN = 101;
}
