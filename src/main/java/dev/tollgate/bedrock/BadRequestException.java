package dev.tollgate.bedrock;

/** A request that Bedrock would refuse, or that cannot be priced. The message names what was expected and found, and never
 * quotes a body. */
public final class BadRequestException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public BadRequestException(String message) {
        super(message, null, false, false);
    }
}
