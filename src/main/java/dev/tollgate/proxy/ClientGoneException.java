package dev.tollgate.proxy;

/** The client went away before its call was forwarded. */
final class ClientGoneException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ClientGoneException() {
        super("the client went away", null, false, false);
    }
}
