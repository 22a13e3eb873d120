package dev.tollgate.upstream;

/** The upstream gave no answer; the message is for the client. */
public final class UpstreamException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final UpstreamFault fault;

    UpstreamException(UpstreamFault fault, String message) {
        super(message, null, false, false);
        this.fault = fault;
    }

    public UpstreamFault fault() {
        return fault;
    }
}
