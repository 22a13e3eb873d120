package dev.tollgate.admission;

import dev.tollgate.ledger.Balance;
import java.util.List;

/** What the admission tells of itself; telemetry listens. */
public interface AdmissionListener {

    /** The ledger did not answer one operation. */
    void ledgerFailed(String kind);

    /** A call went past a limit because the ledger did not answer and the policy says open. */
    void failedOpen(String limit);

    /** Balances as the ledger just answered them. */
    void balances(String tenant, Plan plan, List<Balance> balances);

    /** @param kind refund, overrun, late, unknown, unsettled */
    void settlement(String tenant, String kind);

    /** @param nanos of one admit or settle, as the call saw it */
    void ledgerAnswered(String operation, long nanos);
}
