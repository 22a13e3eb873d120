package dev.tollgate.ledger.local;

import dev.tollgate.harness.ManualClock;
import dev.tollgate.ledger.Ledger;
import dev.tollgate.ledger.LedgerContract;

class LocalLedgerTest extends LedgerContract {

    private final ManualClock clock = new ManualClock(START);
    private final LocalLedger ledger = new LocalLedger(clock, MAX_BUCKETS);

    @Override
    protected Ledger ledger() {
        return ledger;
    }

    @Override
    protected void advance(long millis) {
        clock.advance(millis);
    }
}
