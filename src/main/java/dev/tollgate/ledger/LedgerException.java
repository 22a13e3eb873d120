package dev.tollgate.ledger;

/** The ledger did not answer, or answered with a refusal of the question itself. */
public final class LedgerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String kind;

    /** @param kind short and stable, a metric label: timeout, connection, redis, bad-argument, corrupt, overload */
    public LedgerException(String kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    public String kind() {
        return kind;
    }
}
