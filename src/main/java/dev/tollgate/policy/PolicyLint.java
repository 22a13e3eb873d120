package dev.tollgate.policy;

import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.ProfileModels;
import dev.tollgate.policy.Limit.Budget;
import dev.tollgate.policy.Limit.Rate;
import dev.tollgate.tenant.CallerResolver.TenantFacts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds what is legal in a policy and probably not meant. */
public final class PolicyLint {

    private static final int MAX_NAMED = 3;

    /** What is known of models beside the policy: the price book, seen from here. */
    public interface Models {
        /** Every model that has a price. */
        List<ModelTarget> priced();

        /** Empty if the model has no price of its own. */
        Optional<Largest> largest(ModelTarget target);
    }

    /**
     * The most that one call can reserve for its output if it names no maximum.
     *
     * @param tokens output tokens
     * @param microUsd their price
     * @param burndown as in {@link Weight#amount}
     */
    public record Largest(long tokens, long microUsd, int burndown) {
        long microUsd(long maxTokens) {
            return tokens == 0 ? 0 : (long) ((double) microUsd * maxTokens / tokens);
        }
    }

    private final Policy policy;
    private final Models models;
    private final Instant now;
    private final List<String> warnings = new ArrayList<>();
    /** By the limit that makes them pointless. */
    private final Map<String, List<String>> shadowed = new LinkedHashMap<>();

    private PolicyLint(Policy policy, Models models, Instant now) {
        this.policy = policy;
        this.models = models;
        this.now = now;
    }

    /**
     * One sentence for each finding, in the order of the file; last the limits that others make pointless.
     *
     * @param now overrides that ended before are reported
     */
    public static List<String> of(Policy policy, Models models, Instant now) {
        PolicyLint lint = new PolicyLint(policy, models, now);
        if (policy.limits().isEmpty()) {
            lint.warnings.add("the file has no limits: calls are metered and nothing is limited");
        }
        lint.references("alias", policy.aliases());
        lint.references("profile", policy.profiles());
        lint.declaredProfiles();
        lint.maxTokens();
        for (int i = 0; i < policy.limits().size(); i++) {
            Limit limit = policy.limits().get(i);
            lint.known(limit, Dimension.TENANT, policy.tenants().keySet().stream());
            lint.known(limit, Dimension.COST_CENTER, facts(policy, TenantFacts::costCenter));
            lint.known(limit, Dimension.ENVIRONMENT, facts(policy, TenantFacts::environment));
            lint.model(limit);
            lint.tooSmall(limit);
            lint.override(limit);
            lint.shadowed(
                    limit,
                    policy.limits().subList(0, i),
                    policy.limits().subList(i + 1, policy.limits().size()));
        }
        lint.shadowed.forEach(lint::shadowed);
        return List.copyOf(lint.warnings);
    }

    private void references(String noun, Map<String, String> pairs) {
        pairs.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(pair -> {
            ModelTarget target = policy.target(pair.getValue(), ProfileModels.NONE);
            // A profile that the file does not resolve is looked up at run time.
            if (target.pricedModel().isPresent() && models.largest(target).isEmpty()) {
                warnings.add(noun + " " + pair.getKey() + ": the price book has no line for " + pair.getValue()
                        + "; its calls cost what the dearest model of their kind costs");
            }
        });
    }

    private void declaredProfiles() {
        policy.declaredProfiles().stream()
                .filter(profile -> profile.tags().isEmpty())
                .forEach(profile -> warnings.add(
                        "profile " + profile.name() + " has no tags: AWS's bill cannot tell whose its calls are"));
    }

    private void maxTokens() {
        policy.defaultMaxTokens().stream()
                .map(Policy.MaxTokens::model)
                .filter(glob -> models().noneMatch(target -> Limit.matches(glob, target)))
                .forEach(glob -> warnings.add("default-max-tokens: \"" + glob.text() + "\" matches no model"));
    }

    private static Stream<String> facts(Policy policy, Function<TenantFacts, Optional<String>> fact) {
        return policy.tenants().values().stream().map(fact).flatMap(Optional::stream);
    }

    /** A name that is unlike all that the file's tenants say; of what they do not say nothing is known. */
    private void known(Limit limit, Dimension dimension, Stream<String> said) {
        Glob glob = limit.match().get(dimension);
        List<String> names = said.distinct().sorted().toList();
        if (glob != null && !names.isEmpty() && names.stream().noneMatch(glob::matches)) {
            warnings.add("limit " + limit.name() + ": " + dimension.label() + " \"" + glob.text()
                    + "\" matches none of tenants: " + some(names));
        }
    }

    private void model(Limit limit) {
        Glob model = limit.match().get(Dimension.MODEL);
        if (model == null || models().anyMatch(limit::matches)) {
            return;
        }
        String hint = policy.aliases().keySet().stream()
                .filter(model::matches)
                .sorted()
                .findFirst()
                .map(alias -> "; alias " + alias + " counts as "
                        + policy.target(policy.aliases().getOrDefault(alias, alias), ProfileModels.NONE)
                                .name())
                .orElse("; `tollgate models` lists their names");
        warnings.add("limit " + limit.name() + ": model \"" + model.text() + "\" matches no model" + hint);
    }

    /** All models that a call can have as far as anybody knows. */
    private Stream<ModelTarget> models() {
        return Stream.concat(models.priced().stream(), named().stream());
    }

    /** Models that the file names. */
    private List<ModelTarget> named() {
        return Stream.concat(policy.aliases().values().stream(), policy.profiles().values().stream())
                .map(id -> policy.target(id, ProfileModels.NONE))
                .toList();
    }

    /** Models that people here probably call: those that the file names, if it names any. */
    private List<ModelTarget> likely() {
        List<ModelTarget> named = named();
        return named.isEmpty() ? models.priced() : named;
    }

    private void tooSmall(Limit limit) {
        if (limit.quantity() instanceof Limit.Concurrency) {
            return;
        }
        List<String> names = likely().stream()
                .filter(limit::matches)
                .filter(target -> models.largest(target)
                        .filter(largest -> reserved(limit, target, largest)
                                > limit.quantity().most())
                        .isPresent())
                .map(ModelTarget::name)
                .distinct()
                .sorted()
                .toList();
        if (!names.isEmpty()) {
            warnings.add("limit " + limit.name() + ": a call that names no maximum of output tokens reserves more than "
                    + PolicyTable.amount(
                            limit.quantity().weight(), limit.quantity().most()) + " and is always denied, of "
                    + some(names) + "; default-max-tokens helps");
        }
    }

    private void override(Limit limit) {
        if (!(limit.quantity() instanceof Budget budget) || budget.override().isEmpty()) {
            return;
        }
        BudgetOverride override = budget.override().get();
        String own = PolicyTable.amount(budget.weight(), budget.amount());
        if (!override.inForce(now)) {
            warnings.add("limit " + limit.name() + ": its override ended at " + override.until() + ", the limit is "
                    + own + " again; remove it");
        } else if (override.amount() <= budget.amount()) {
            warnings.add("limit " + limit.name() + ": its override to "
                    + PolicyTable.amount(budget.weight(), override.amount()) + " allows no more than its own " + own);
        }
    }

    private long reserved(Limit limit, ModelTarget target, Largest largest) {
        long tokens = policy.defaultMaxTokens(target).orElse(largest.tokens);
        return limit.quantity().weight().amount(0, tokens, largest.microUsd(tokens), largest.burndown);
    }

    /** Reports a limit that another one makes pointless: whatever it would deny is denied before. */
    private void shadowed(Limit limit, List<Limit> before, List<Limit> after) {
        Stream.concat(
                        before.stream().filter(other -> covers(other, limit)),
                        // Of two equal limits only the second is reported.
                        after.stream().filter(other -> covers(other, limit) && !covers(limit, other)))
                .findFirst()
                .ifPresent(other -> shadowed.computeIfAbsent(other.name(), name -> new ArrayList<>())
                        .add(limit.name()));
    }

    private void shadowed(String other, List<String> limits) {
        warnings.add((limits.size() == 1
                        ? "limit " + limits.get(0) + " never denies"
                        : "limits " + some(limits) + " never deny")
                + " a call: limit " + other + " applies to the same calls and allows no more");
    }

    private static boolean covers(Limit other, Limit limit) {
        return other.enforced()
                && limit.enforced()
                && limit.per().containsAll(other.per())
                && other.match().entrySet().stream()
                        .allMatch(m -> within(limit.match().get(m.getKey()), m.getValue()))
                && allowsNoMore(other.quantity(), limit.quantity());
    }

    private static boolean within(@Nullable Glob inner, Glob outer) {
        return outer.text().equals("*")
                || inner != null
                        && (inner.text().equals(outer.text()) || inner.literal() && outer.matches(inner.text()));
    }

    private static boolean allowsNoMore(Limit.Quantity a, Limit.Quantity b) {
        if (a.weight() != b.weight() || a.most() > b.most()) {
            return false;
        }
        if (a instanceof Rate x && b instanceof Rate y) {
            // Only what is close to equal is decided by rounding.
            return x.amount() / (double) x.every().toMillis()
                    <= y.amount() / (double) y.every().toMillis();
        }
        if (a instanceof Budget x && b instanceof Budget y) {
            // An override can turn it round for some time.
            return x.override().isEmpty()
                    && x.period() == y.period()
                    && x.zone().equals(y.zone());
        }
        return a instanceof Limit.Concurrency && b instanceof Limit.Concurrency;
    }

    private static String some(List<String> names) {
        String first = names.stream().limit(MAX_NAMED).collect(Collectors.joining(", "));
        return names.size() > MAX_NAMED ? first + " and " + (names.size() - MAX_NAMED) + " more" : first;
    }
}
