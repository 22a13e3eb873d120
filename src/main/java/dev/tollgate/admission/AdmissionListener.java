package dev.tollgate.admission;

import dev.tollgate.ledger.LedgerFault;

/** Receives admission events; implemented by telemetry. */
public interface AdmissionListener {

    /** The ledger did not reply to one operation. */
    void ledgerFailed(LedgerFault fault);

    /** A call passed a limit because the ledger did not answer and the policy says open. */
    void failedOpen(String limit);

    /** @param kind refund, overrun, late, unsettled */
    void settlement(String tenant, String kind);

    /** @param nanos of one admit, settle or release, as the call saw it */
    void ledgerAnswered(String operation, long nanos);

    /** A budget passed one of its thresholds; reported once for all pods and once a period. */
    void warned(BudgetEvent event);

    /** A budget is used up, or denied its first call; reported once for all pods and once a period. */
    void exhausted(BudgetEvent event);

    /** A budget that was warned of or exhausted began a new period; reported once for all pods. */
    void reset(BudgetEvent event);
}
