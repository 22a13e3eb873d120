package dev.tollgate.policy;

import dev.tollgate.policy.Limit.Quantity;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A policy as a table for people. */
public final class PolicyTable {

    private static final int GAP = 2;
    private static final List<String> HEAD =
            List.of("LIMIT", "FOR EACH", "WHERE", "ALLOWS", "WARNS AT", "MODE", "WITHOUT LEDGER");

    private PolicyTable() {}

    /** The whole policy, with a line break at its end. */
    public static String of(Policy policy) {
        StringBuilder out = new StringBuilder();
        out.append(counted(policy.tenants().size(), "tenant")).append(", ");
        out.append(counted(policy.aliases().size(), "alias")).append(", ");
        out.append(counted(policy.profiles().size() + policy.declaredProfiles().size(), "profile"))
                .append(", ");
        out.append(counted(policy.limits().size(), "limit")).append("\n\n");
        out.append(limits(policy));
        pairs(out, "Aliases", policy.aliases());
        pairs(out, "Profiles", policy.profiles());
        if (!policy.declaredProfiles().isEmpty()) {
            out.append("\nProfiles that tollgate profiles creates\n");
            policy.declaredProfiles().forEach(profile -> out.append("  ")
                    .append(profile.name())
                    .append(" -> ")
                    .append(profile.model())
                    .append(profile.tags().isEmpty() ? "" : ", ")
                    .append(tags(profile.tags()))
                    .append('\n'));
        }
        if (!policy.defaultMaxTokens().isEmpty()) {
            out.append("\nOutput tokens for calls that name no maximum\n");
            policy.defaultMaxTokens().forEach(max -> out.append("  ")
                    .append(max.model().text())
                    .append(": ")
                    .append(max.tokens())
                    .append('\n'));
        }
        return out.toString();
    }

    private static String tags(Map<String, String> tags) {
        return tags.entrySet().stream()
                .map(tag -> tag.getKey() + "=" + tag.getValue())
                .collect(Collectors.joining(" "));
    }

    private static String counted(int count, String noun) {
        String plural = noun.endsWith("s") ? "es" : "s";
        return count + " " + noun + (count == 1 ? "" : plural);
    }

    /** The limits alone. */
    public static String limits(Policy policy) {
        List<List<String>> rows = new ArrayList<>(List.of(HEAD));
        policy.limits().forEach(limit -> rows.add(row(limit)));
        int[] widths = new int[HEAD.size()];
        for (List<String> row : rows) {
            for (int c = 0; c < widths.length; c++) {
                widths[c] = Math.max(widths[c], row.get(c).length());
            }
        }
        StringBuilder out = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < widths.length; c++) {
                String cell = row.get(c);
                line.append(cell).append(" ".repeat(widths[c] - cell.length() + GAP));
            }
            out.append(line.toString().stripTrailing()).append('\n');
        }
        return out.toString();
    }

    private static List<String> row(Limit limit) {
        String override = override(limit.quantity());
        return List.of(
                limit.name(),
                per(limit),
                match(limit),
                allows(limit.quantity()) + (override.isEmpty() ? "" : "; " + override),
                warnsAt(limit.quantity()),
                mode(limit),
                withoutLedger(limit));
    }

    static String per(Limit limit) {
        String per = limit.per().stream().map(Dimension::label).collect(Collectors.joining(", "));
        return per.isEmpty() ? "(one for all)" : per;
    }

    static String match(Limit limit) {
        String match = limit.match().entrySet().stream()
                .map(m -> m.getKey().label() + " = " + m.getValue().text())
                .collect(Collectors.joining(", "));
        return match.isEmpty() ? "any call" : match;
    }

    static String mode(Limit limit) {
        return limit.enforced() ? "enforce" : "shadow";
    }

    static String withoutLedger(Limit limit) {
        return limit.onLedgerFailure().name().toLowerCase(Locale.ROOT);
    }

    private static void pairs(StringBuilder out, String title, Map<String, String> pairs) {
        if (!pairs.isEmpty()) {
            out.append('\n').append(title).append('\n');
            pairs.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(p -> out.append("  ")
                    .append(p.getKey())
                    .append(" -> ")
                    .append(p.getValue())
                    .append('\n'));
        }
    }

    /** {@code 800 USD until 2026-12-01T00:00:00Z}; empty without an override. */
    static String override(Quantity quantity) {
        return quantity instanceof Limit.Budget budget
                ? budget.override()
                        .map(o -> amount(budget.weight(), o.amount()) + " until " + o.until())
                        .orElse("")
                : "";
    }

    static String allows(Quantity quantity) {
        if (quantity instanceof Limit.Rate rate) {
            return amount(rate.weight(), rate.amount()) + " each " + duration(rate.every()) + ", burst "
                    + amount(rate.weight(), rate.burst());
        }
        if (quantity instanceof Limit.Budget budget) {
            return amount(budget.weight(), budget.amount()) + " a "
                    + budget.period().label() + " ("
                    + (budget.zone().equals(ZoneOffset.UTC)
                            ? "UTC"
                            : budget.zone().getId()) + ")";
        }
        return quantity.most() + " calls in flight";
    }

    static String warnsAt(Quantity quantity) {
        return quantity instanceof Limit.Budget budget && !budget.warnAt().isEmpty()
                ? budget.warnAt().stream().map(p -> p + " %").collect(Collectors.joining(", "))
                : "-";
    }

    /** An amount in its unit, such as {@code 0.02 USD} or {@code 20000 tokens}. */
    public static String amount(Weight weight, long amount) {
        return weight == Weight.USD
                ? BigDecimal.valueOf(amount, 6).stripTrailingZeros().toPlainString() + " USD"
                : amount + " " + weight.label();
    }

    private static String duration(Duration duration) {
        long millis = duration.toMillis();
        return millis % 60_000 == 0
                ? millis / 60_000 + " min"
                : BigDecimal.valueOf(millis, 3).stripTrailingZeros().toPlainString() + " s";
    }
}
