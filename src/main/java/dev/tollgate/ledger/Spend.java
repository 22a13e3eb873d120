package dev.tollgate.ledger;

/** What all calls of a tenant on one model and for one cost center used, as settled: on this day and in this month (UTC). */
public record Spend(
        String tenant,
        String model,
        String costCenter,
        long dayMicroUsd,
        long monthMicroUsd,
        long dayCalls,
        long monthCalls,
        long dayTokens,
        long monthTokens) {}
