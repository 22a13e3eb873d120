package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.LedgerException;
import dev.tollgate.ledger.LedgerFault;
import io.vertx.redis.client.Response;
import java.util.Set;

/** What a failed request to Redis means, by the first word of Redis' own error. */
final class Problem {

    private static final Set<String> WRONG_SERVER = Set.of(
            "READONLY",
            "LOADING",
            "MASTERDOWN",
            "CLUSTERDOWN",
            "MOVED",
            "ASK",
            "NOAUTH",
            "WRONGPASS",
            "NOPERM",
            "NOREPLICAS");
    private static final int MAX_LENGTH = 160;

    private Problem() {}

    static LedgerException of(Throwable e) {
        if (e instanceof LedgerException known) {
            return known;
        }
        String message = String.valueOf(e.getMessage());
        if (message.contains(" unauthenticated ")) {
            // Redis' words for a request too large from a client that gave no password.
            message = "NOAUTH Authentication required";
        }
        String code = code(message);
        if (!(e instanceof Response) || code.equals("CONNECTION_CLOSED")) {
            return new LedgerException(LedgerFault.CONNECTION, brief(message));
        }
        LedgerFault fault = WRONG_SERVER.contains(code) ? LedgerFault.WRONG_SERVER : LedgerFault.SERVER;
        return new LedgerException(fault, brief(message));
    }

    static boolean noScript(Throwable e) {
        return code(String.valueOf(e.getMessage())).equals("NOSCRIPT");
    }

    /** The word that distinguishes problems, to report each once. */
    static String name(LedgerException problem) {
        String code = code(String.valueOf(problem.getMessage()));
        return problem.fault() == LedgerFault.WRONG_SERVER || problem.fault() == LedgerFault.SERVER
                ? code
                : problem.fault().label();
    }

    private static String code(String message) {
        int space = message.indexOf(' ');
        return space < 0 ? message : message.substring(0, space);
    }

    private static String brief(String message) {
        return message.length() <= MAX_LENGTH ? message : message.substring(0, MAX_LENGTH) + "...";
    }
}
