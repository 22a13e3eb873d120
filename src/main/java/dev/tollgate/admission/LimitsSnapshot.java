package dev.tollgate.admission;

import java.time.Instant;
import java.util.List;

/**
 * Limits as the ledger last reported them.
 *
 * @param at when; older than a moment if the ledger does not answer
 */
public record LimitsSnapshot(List<LimitStatus> limits, Instant at) {}
