package dev.tollgate.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Names why something could not be reached. */
final class Cause {

    private static final int MAX_DEPTH = 10;
    private static final int MAX_LENGTH = 200;

    private Cause() {}

    static String of(Throwable failure) {
        Throwable deepest = failure;
        Throwable at = failure;
        for (int depth = 0; at != null && depth < MAX_DEPTH; depth++) {
            if (at instanceof UnknownHostException) {
                return "DNS does not know the name";
            }
            if (at instanceof SSLException) {
                return "TLS: " + cut(at.getMessage());
            }
            if (at instanceof SocketTimeoutException || at instanceof TimeoutException) {
                return "no answer in time";
            }
            if (at instanceof ConnectException
                    && String.valueOf(at.getMessage()).contains("refused")) {
                return "connection refused: nothing listens there";
            }
            deepest = at;
            at = at.getCause();
        }
        String message = cut(deepest.getMessage());
        return deepest instanceof IOException || !message.equals("null")
                ? message
                : deepest.getClass().getSimpleName();
    }

    private static String cut(@Nullable String message) {
        String line = String.valueOf(message).lines().findFirst().orElse("").replaceAll("\\p{Cntrl}", "?");
        return line.length() > MAX_LENGTH ? line.substring(0, MAX_LENGTH) + "..." : line;
    }
}
