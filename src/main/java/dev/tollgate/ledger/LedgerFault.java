package dev.tollgate.ledger;

import java.util.Locale;

/** Why the ledger did not reply; a metric label. */
public enum LedgerFault {
    /** No answer within the deadline. */
    TIMEOUT,
    /** No connection, or it broke before the answer. */
    CONNECTION,
    /** Not sent: too many calls failed just before. */
    OPEN_CIRCUIT,
    /** Not sent: too many operations wait already. */
    OVERLOAD,
    /** Redis answered with an error, such as out of memory or busy with a script. */
    SERVER,
    /** Redis answered that it is not, or not yet, the server to talk to. */
    WRONG_SERVER,
    /** The ledger rejected the operation as invalid; repeating it cannot help. */
    BAD_ARGUMENT,
    /** The stored data has another format. */
    FORMAT;

    /** In lower case, with dashes. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** True if the operation may have reached the ledger. */
    public boolean mayHaveArrived() {
        return this != OPEN_CIRCUIT && this != OVERLOAD;
    }

    /** True if repeating the operation cannot help. */
    public boolean hopeless() {
        return this == BAD_ARGUMENT;
    }
}
