package dev.tollgate.ledger;

import io.vertx.core.Future;
import java.util.List;

/**
 * The books: decides over several limits at once, all or nothing, and ends every reservation exactly once.
 *
 * <p>A failed future means that the outcome is unknown: the same id may be repeated, never a new one.
 */
public interface Ledger {

    /** Checks every claim, then holds every estimate, or changes nothing. */
    Future<AdmitReply> admit(Hold hold);

    /** Replaces the estimates by the actuals. */
    Future<SettleReply> settle(Hold hold);

    /** Gives everything back. An admit that arrives later finds the id ended. */
    Future<SettleReply> release(Hold hold);

    /** Starts the lease anew; false where the hold had ended. */
    Future<Boolean> extend(Hold hold);

    /** Balances as of now; changes nothing. */
    Future<List<Balance>> peek(String tenant, List<Bucket> buckets);
}
