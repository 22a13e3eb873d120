package dev.tollgate.control;

import dev.tollgate.ledger.LedgerHealth;
import dev.tollgate.policy.PolicyState;
import dev.tollgate.telemetry.PodCounts;
import dev.tollgate.telemetry.RecentCalls;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** What a pod knows of itself without asking anybody. */
public record PodFacts(
        String version,
        String tenant,
        Ledger ledger,
        Supplier<PolicyState> policy,
        Bedrock bedrock,
        PodCounts counts,
        RecentCalls recent) {

    /**
     * The ledger as this pod sees it.
     *
     * @param answers false while calls are decided without it
     * @param graceIsOver true if it is away for so long that shares deny
     * @param knowsShare true if this pod knows its part of shared limits
     * @param backlog settlements that wait for it
     */
    public record Ledger(
            Supplier<LedgerHealth> health,
            BooleanSupplier answers,
            BooleanSupplier graceIsOver,
            BooleanSupplier knowsShare,
            IntSupplier backlog) {}

    /**
     * The way to Bedrock.
     *
     * @param canSign false if the last request could not be signed
     * @param sound false if the last request could not be signed or sent
     */
    public record Bedrock(String host, String region, BooleanSupplier canSign, BooleanSupplier sound) {}
}
