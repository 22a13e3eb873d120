package dev.tollgate.ledger;

/** Receives what happens to the books as a whole; implemented by telemetry. */
public interface LedgerListener {

    /** The ledger had lost writes, and this pod reports what it knows. */
    void ledgerReset();

    /** Counts that would have become negative, and were set to 0. */
    void ledgerUnderflow(int count);

    /** A count could not be read; its limit is treated as if the ledger did not answer. */
    void ledgerDamaged(String field);

    LedgerListener NONE = new LedgerListener() {
        @Override
        public void ledgerReset() {}

        @Override
        public void ledgerUnderflow(int count) {}

        @Override
        public void ledgerDamaged(String field) {}
    };
}
