package dev.tollgate.policy;

import dev.tollgate.policy.Limit.Budget;
import dev.tollgate.tenant.CallerResolver.TenantFacts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a reload changes, one sentence for each limit and name, at most {@link #MAX_LINES} of at most {@link #MAX_LENGTH}. */
final class PolicyDiff {

    static final int MAX_LINES = 30;
    static final int MAX_LENGTH = 300;

    private final Instant now;
    private final List<String> lines = new ArrayList<>();

    private PolicyDiff(Instant now) {
        this.now = now;
    }

    /** Empty if both say the same. */
    static List<String> of(Policy before, Policy after, Instant now) {
        PolicyDiff diff = new PolicyDiff(now);
        diff.limits(byName(before), byName(after));
        diff.names("tenant", tenants(before), tenants(after));
        diff.names("alias", before.aliases(), after.aliases());
        diff.names("profile", before.profiles(), after.profiles());
        diff.names("default-max-tokens", maxTokens(before), maxTokens(after));
        return bounded(diff.lines);
    }

    private static List<String> bounded(List<String> lines) {
        List<String> bounded = new ArrayList<>(
                lines.stream().limit(MAX_LINES).map(PolicyDiff::bounded).toList());
        if (lines.size() > MAX_LINES) {
            bounded.add("and " + (lines.size() - MAX_LINES) + " more changes");
        }
        return List.copyOf(bounded);
    }

    /** A file can hold whatever characters; a log line stays one. */
    private static String bounded(String line) {
        String plain = line.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]", "?");
        return plain.length() <= MAX_LENGTH ? plain : plain.substring(0, MAX_LENGTH - 3) + "...";
    }

    private static Map<String, Limit> byName(Policy policy) {
        return policy.limits().stream().collect(Collectors.toMap(Limit::name, l -> l, (a, b) -> a, LinkedHashMap::new));
    }

    private void limits(Map<String, Limit> before, Map<String, Limit> after) {
        after.forEach((name, limit) -> {
            Limit old = before.get(name);
            if (old == null) {
                lines.add("limit " + name + " added: " + PolicyTable.allows(limit.quantity())
                        + override(limit).map(o -> "; override " + o).orElse(""));
            } else if (!old.equals(limit)) {
                changed(old, limit);
            }
        });
        before.forEach((name, limit) -> {
            if (!after.containsKey(name)) {
                lines.add("limit " + name + " removed: " + PolicyTable.allows(limit.quantity()));
            }
        });
    }

    private void changed(Limit old, Limit limit) {
        Map<String, String> before = facts(old);
        List<String> changes = new ArrayList<>();
        facts(limit).forEach((fact, value) -> {
            if (!value.equals(before.get(fact))) {
                changes.add(fact + " " + before.get(fact) + " -> " + value);
            }
        });
        if (!meaning(old).equals(meaning(limit))) {
            changes.add("it starts over, because its number means something else");
        }
        lines.add("limit " + limit.name() + ": " + String.join(", ", changes));
    }

    private Map<String, String> facts(Limit limit) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("allows", PolicyTable.allows(limit.quantity()));
        facts.put("override", override(limit).orElse("none"));
        facts.put("for each", PolicyTable.per(limit));
        facts.put("where", PolicyTable.match(limit));
        facts.put("warns at", PolicyTable.warnsAt(limit.quantity()));
        facts.put("mode", PolicyTable.mode(limit));
        facts.put("without ledger", PolicyTable.withoutLedger(limit));
        return facts;
    }

    private Optional<String> override(Limit limit) {
        String text = PolicyTable.override(limit.quantity());
        boolean ended = limit.quantity() instanceof Budget budget
                && budget.override().filter(o -> !o.inForce(now)).isPresent();
        return text.isEmpty() ? Optional.empty() : Optional.of(text + (ended ? " (which is over)" : ""));
    }

    /** What the ledger's field of a limit is made of: another one is another count. */
    private static String meaning(Limit limit) {
        String period =
                limit.quantity() instanceof Budget budget ? budget.period().label() : "";
        return limit.quantity().getClass().getSimpleName() + limit.quantity().weight() + period + limit.per();
    }

    private static Map<String, String> tenants(Policy policy) {
        Map<String, String> tenants = new LinkedHashMap<>();
        policy.tenants().keySet().stream().sorted().forEach(name -> {
            Optional<TenantFacts> facts = policy.tenant(name);
            tenants.put(
                    name,
                    "cost-center " + facts.flatMap(TenantFacts::costCenter).orElse("none") + ", environment "
                            + facts.flatMap(TenantFacts::environment).orElse("none"));
        });
        return tenants;
    }

    private static Map<String, String> maxTokens(Policy policy) {
        Map<String, String> maxTokens = new LinkedHashMap<>();
        policy.defaultMaxTokens().forEach(max -> maxTokens.put(max.model().text(), max.tokens() + " tokens"));
        return maxTokens;
    }

    private void names(String noun, Map<String, String> before, Map<String, String> after) {
        after.keySet().stream().sorted().forEach(name -> {
            String old = before.get(name);
            String value = after.get(name);
            if (old == null) {
                lines.add(noun + " " + name + " added: " + value);
            } else if (!old.equals(value)) {
                lines.add(noun + " " + name + ": " + old + " -> " + value);
            }
        });
        before.keySet().stream()
                .filter(name -> !after.containsKey(name))
                .sorted()
                .forEach(name -> lines.add(noun + " " + name + " removed"));
    }
}
