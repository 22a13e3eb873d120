package dev.tollgate.proxy;

/** Why a call is not forwarded, as the client will be told. */
final class CallFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The kinds there are; {@link ErrorResponses} says what each looks like. */
    enum Kind {
        UNKNOWN_OPERATION,
        NOT_METERED,
        BAD_REQUEST,
        TOO_LARGE,
        TENANT,
        BUSY,
        STOPPING
    }

    private final Kind kind;

    CallFailure(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }
}
