package dev.tollgate.policy;

import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.tenant.Caller;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One limit of a policy file.
 *
 * @param per each combination of their values has a bucket of its own
 * @param match globs that all must match for the limit to apply to a call
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

        /** Most that one call can take of an unused bucket, in the weight's unit. */
        long most();
    }

    /**
     * Token bucket.
     *
     * @param amount added each {@code every}
     */
    public record Rate(Weight weight, long amount, Duration every, long burst) implements Quantity {
        @Override
        public long most() {
            return burst;
        }
    }

    /**
     * Calendar budget.
     *
     * @param amount tokens, requests or micro-USD a period
     * @param warnAt percentages of the amount, 1 to 100, each of which is reported once a period
     * @param override another amount for some time
     */
    public record Budget(
            Weight weight,
            long amount,
            Period period,
            ZoneId zone,
            List<Integer> warnAt,
            Optional<BudgetOverride> override)
            implements Quantity {
        /** The amount in force. */
        public long amountAt(Instant now) {
            return override.filter(o -> o.inForce(now))
                    .map(BudgetOverride::amount)
                    .orElse(amount);
        }

        Budget with(BudgetOverride other) {
            return new Budget(weight, amount, period, zone, warnAt, Optional.of(other));
        }

        @Override
        public long most() {
            return amount;
        }
    }

    /** Calls in flight. */
    public record Concurrency(long amount) implements Quantity {
        @Override
        public Weight weight() {
            return Weight.REQUESTS;
        }

        @Override
        public long most() {
            return amount;
        }
    }

    /** What a pod does about this limit while the ledger does not reply. */
    public enum OnLedgerFailure {
        /** Counts in a local bucket with this pod's share of the limit, for the grace time; then denies. */
        SHARE,
        DENY,
        OPEN
    }

    Limit with(Quantity other) {
        return new Limit(name, per, match, other, enforced, onLedgerFailure);
    }

    /** True if the limit applies to calls of this caller to this model. */
    public boolean matches(Caller caller, ModelTarget target) {
        return match.entrySet().stream().allMatch(m -> matches(m.getKey(), m.getValue(), caller, target));
    }

    private static boolean matches(Dimension dimension, Glob glob, Caller caller, ModelTarget target) {
        return dimension == Dimension.MODEL ? matches(glob, target) : glob.matches(value(dimension, caller, target));
    }

    /** True if the limit applies to calls of this model by some caller. */
    boolean matches(ModelTarget target) {
        Glob model = match.get(Dimension.MODEL);
        return model == null || matches(model, target);
    }

    static boolean matches(Glob model, ModelTarget target) {
        return model.matches(target.name())
                || model.matches(target.sendId())
                || target.pricedModel().map(model::matches).orElse(false);
    }

    /** The value that a call has in a dimension. */
    public static String value(Dimension dimension, Caller caller, ModelTarget target) {
        return switch (dimension) {
            case TENANT -> caller.tenant();
            case MODEL -> target.name();
            case APPLICATION -> caller.application();
            case COST_CENTER -> caller.costCenter();
            case ENVIRONMENT -> caller.environment();
            case USER -> caller.user();
        };
    }

    /** True if it can apply to a call of this tenant. */
    public boolean concerns(String tenant) {
        Glob glob = match.get(Dimension.TENANT);
        return glob == null || glob.matches(tenant);
    }

    /** Who shares its buckets: a tenant if it matches one only, else {@code all}. */
    public String owner() {
        Glob tenant = match.get(Dimension.TENANT);
        return tenant != null && tenant.literal() ? tenant.text() : "all";
    }

    /** True if it depends on the model. */
    public boolean asksForModel() {
        return per.contains(Dimension.MODEL) || match.containsKey(Dimension.MODEL);
    }

    /** True if each tenant has buckets of its own. */
    public boolean perTenant() {
        return per.contains(Dimension.TENANT);
    }
}
