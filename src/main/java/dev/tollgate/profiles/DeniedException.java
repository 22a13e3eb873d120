package dev.tollgate.profiles;

import java.io.IOException;

/** AWS does not allow an operation; the message names the permission. */
public final class DeniedException extends IOException {
    private static final long serialVersionUID = 1;

    DeniedException(String permission, IOException cause) {
        super("expected the permission " + permission + ", found AccessDeniedException: " + cause.getMessage(), cause);
    }
}
