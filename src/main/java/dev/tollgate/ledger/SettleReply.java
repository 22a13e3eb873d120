package dev.tollgate.ledger;

/** How a settle or release found its hold. */
public enum SettleReply {
    SETTLED,
    RELEASED,
    /** The lease had ended and the estimate was charged; the difference was applied. */
    LATE,
    /** The id was unknown. A settle was charged in full, a release left a tombstone. */
    UNKNOWN,
    /** It had ended before; nothing changed. */
    ALREADY
}
