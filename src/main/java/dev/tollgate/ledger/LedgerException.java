package dev.tollgate.ledger;

/** The ledger did not reply, or rejected the operation as invalid. */
public final class LedgerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final LedgerFault fault;

    public LedgerException(LedgerFault fault, String message) {
        super(message, null, false, false);
        this.fault = fault;
    }

    public LedgerFault fault() {
        return fault;
    }
}
