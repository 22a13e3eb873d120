package dev.tollgate.upstream;

/** The role could not be assumed; the message is STS's code, such as {@code AccessDenied}, or what stood in the way. */
public final class AssumeRoleException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean passing;

    AssumeRoleException(String why, boolean passing) {
        super(why, null, false, false);
        this.passing = passing;
    }

    /** True if another try can succeed. */
    boolean passing() {
        return passing;
    }
}
