package dev.tollgate.ledger;

import java.util.Locale;

/**
 * The ledger as this pod sees it.
 *
 * @param kind {@code redis} or {@code memory}
 * @param up true if it answers
 * @param ageMillis since its last answer
 * @param pods that share it, as last heard; 0 if never heard
 * @param evicting true if the server may drop counts when its memory is full
 */
public record LedgerHealth(String kind, boolean up, long ageMillis, int pods, Durability durability, boolean evicting) {

    /** What survives a crash of the ledger's server. */
    public enum Durability {
        /** An append-only file: all but the last second. */
        AOF,
        /** A replica: all but what was not yet copied. */
        REPLICA,
        /** Nothing; only what pods that are alive know. */
        NONE,
        UNKNOWN;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
