package dev.tollgate.proxy;

/** A call that Tollgate refuses; the message is for the client. */
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Refusal reason;

    RefusedException(Refusal reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    Refusal reason() {
        return reason;
    }
}
