package dev.tollgate.admission;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * @param lease how long a call is held without an extension, at least 1 s
 * @param outageGrace how long limits with {@code share} go on without the ledger
 * @param recovery how long a call waits at most for a ledger that lost writes
 * @param expectedPods pods that share the limits, if none were heard yet
 * @param refusesUnpriced true to deny calls without a price that a money limit guards
 */
public record AdmissionSettings(
        Duration lease, Duration outageGrace, Duration recovery, OptionalInt expectedPods, boolean refusesUnpriced) {}
