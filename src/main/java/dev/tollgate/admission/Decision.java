package dev.tollgate.admission;

import java.util.List;

/** The answer to a call's wish to be made. */
public sealed interface Decision {

    /**
     * It may be made; the reservation has to be ended.
     *
     * @param shadowDenied names of shadow limits that would have denied it
     */
    record Admitted(Reservation reservation, List<String> shadowDenied) implements Decision {}

    /** It may not; nothing is held and nothing was charged. */
    record Denied(Reason reason, String limit, String message, long limitAmount, long remaining, long waitMillis)
            implements Decision {}

    /** Why a call is denied. */
    enum Reason {
        RATE,
        CONCURRENCY,
        BUDGET,
        TOO_LARGE,
        LEDGER_UNAVAILABLE
    }
}
