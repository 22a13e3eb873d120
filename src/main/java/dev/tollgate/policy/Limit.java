package dev.tollgate.policy;

import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.tenant.Caller;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

/**
 * One limit of a policy file.
 *
 * @param per one bucket for each combination of these
 * @param match globs that all must fit
 */
public record Limit(
        String name,
        List<Dimension> per,
        Map<Dimension, Glob> match,
        Quantity quantity,
        boolean enforced,
        OnLedgerFailure onLedgerFailure) {

    /** How much of what. */
    public sealed interface Quantity {
        Weight weight();
    }

    /**
     * Token bucket.
     *
     * @param amount added each {@code every}
     */
    public record Rate(Weight weight, long amount, Duration every, long burst) implements Quantity {}

    /**
     * Calendar budget.
     *
     * @param amount tokens, requests or micro-USD a period
     * @param warnAt percentages at which people want to know
     */
    public record Budget(Weight weight, long amount, Period period, ZoneId zone, List<Integer> warnAt)
            implements Quantity {}

    /** Calls in flight. */
    public record Concurrency(long amount) implements Quantity {
        @Override
        public Weight weight() {
            return Weight.REQUESTS;
        }
    }

    /** What a pod does with this limit while the ledger does not answer. */
    public enum OnLedgerFailure {
        /** A local bucket with this pod's share of the limit, for the grace time. */
        SHARE,
        DENY,
        OPEN
    }

    public boolean matches(Caller caller, ModelTarget target) {
        return match.entrySet().stream().allMatch(m -> matches(m.getKey(), m.getValue(), caller, target));
    }

    private static boolean matches(Dimension dimension, Glob glob, Caller caller, ModelTarget target) {
        return glob.matches(value(dimension, caller, target))
                || dimension == Dimension.MODEL
                        && (glob.matches(target.sendId())
                                || target.pricedModel().map(glob::matches).orElse(false));
    }

    public static String value(Dimension dimension, Caller caller, ModelTarget target) {
        return switch (dimension) {
            case TENANT -> caller.tenant();
            case MODEL -> target.name();
            case APPLICATION -> caller.application();
            case COST_CENTER -> caller.costCenter();
            case ENVIRONMENT -> caller.environment();
        };
    }

    /** Whose buckets these are: the tenant where there is one only, else {@code all}. */
    public String owner() {
        Glob tenant = match.get(Dimension.TENANT);
        return tenant != null && tenant.literal() ? tenant.text() : "all";
    }

    /** True where it matters which model is called. */
    public boolean asksForModel() {
        return per.contains(Dimension.MODEL) || match.containsKey(Dimension.MODEL);
    }

    /** True where each tenant has buckets of its own. */
    public boolean perTenant() {
        return per.contains(Dimension.TENANT);
    }
}
