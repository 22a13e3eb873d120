package dev.tollgate.upstream;

import java.io.IOException;

/** A service refused a request; the message is the service's own. */
public final class AwsServiceException extends IOException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String type;

    AwsServiceException(int status, String type, String message) {
        super(message);
        this.status = status;
        this.type = type;
    }

    int status() {
        return status;
    }

    /** Such as {@code AccessDeniedException}; empty if the service named none. */
    public String type() {
        return type;
    }

    /** True for an error of this name, or where the answer has its status and no name. */
    public boolean is(String name) {
        return type.equals(name);
    }

    /** True if what was asked for does not exist. */
    public boolean notFound() {
        return status == 404;
    }
}
