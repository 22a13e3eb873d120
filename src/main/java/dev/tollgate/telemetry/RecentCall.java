package dev.tollgate.telemetry;

import java.time.Instant;
import java.util.Optional;

/**
 * One call as people look at it; nothing of its content.
 *
 * @param outcome how it ended, as in usage records
 * @param reason the limit that denied it, or why it was refused
 */
public record RecentCall(
        Instant time,
        String requestId,
        String tenant,
        String model,
        String outcome,
        Optional<String> reason,
        long costMicroUsd) {

    static RecentCall of(UsageRecord record) {
        UsageRecord.Outcome outcome = record.outcome();
        return new RecentCall(
                record.timestamp(),
                record.request().requestId(),
                record.subject().caller().tenant(),
                record.subject().model(),
                outcome.end(),
                outcome.decision().equals("approved") ? Optional.empty() : Optional.of(outcome.limit()),
                record.microUsd());
    }
}
