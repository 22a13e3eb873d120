package dev.tollgate.policy;

import dev.tollgate.policy.Limit.Quantity;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A policy as a table that people can read. */
public final class PolicyTable {

    private static final int GAP = 2;

    private PolicyTable() {}

    public static String of(Policy policy) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("LIMIT", "FOR EACH", "WHERE", "ALLOWS", "MODE", "WITHOUT LEDGER"));
        for (Limit limit : policy.limits()) {
            rows.add(List.of(
                    limit.name(),
                    limit.per().isEmpty()
                            ? "(one for all)"
                            : limit.per().stream().map(Dimension::label).collect(Collectors.joining(", ")),
                    limit.match().isEmpty()
                            ? "any call"
                            : limit.match().entrySet().stream()
                                    .map(m -> m.getKey().label() + " = "
                                            + m.getValue().text())
                                    .collect(Collectors.joining(", ")),
                    allows(limit.quantity()),
                    limit.enforced() ? "enforce" : "shadow",
                    limit.onLedgerFailure().name().toLowerCase(Locale.ROOT)));
        }
        StringBuilder out = new StringBuilder();
        out.append(policy.tenants().size()).append(" tenants, ");
        out.append(policy.aliases().size()).append(" aliases, ");
        out.append(policy.limits().size()).append(" limits\n\n");
        int columns = rows.get(0).size();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < columns; c++) {
                int column = c;
                int width = rows.stream()
                        .mapToInt(r -> r.get(column).length())
                        .max()
                        .orElse(0);
                line.append(row.get(c)).append(" ".repeat(width - row.get(c).length() + GAP));
            }
            out.append(line.toString().stripTrailing()).append('\n');
        }
        if (!policy.aliases().isEmpty()) {
            out.append('\n');
            policy.aliases().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(a -> out.append(a.getKey())
                            .append(" -> ")
                            .append(a.getValue())
                            .append('\n'));
        }
        return out.toString();
    }

    private static String allows(Quantity quantity) {
        if (quantity instanceof Limit.Rate rate) {
            return amount(rate.weight(), rate.amount()) + " each "
                    + duration(rate.every().toMillis()) + ", burst " + rate.burst();
        }
        if (quantity instanceof Limit.Budget budget) {
            return amount(budget.weight(), budget.amount()) + " a "
                    + budget.period().label() + " (" + budget.zone().getId() + ")";
        }
        return ((Limit.Concurrency) quantity).amount() + " calls in flight";
    }

    private static String amount(Weight weight, long amount) {
        return weight == Weight.USD
                ? BigDecimal.valueOf(amount, 6).stripTrailingZeros().toPlainString() + " USD"
                : amount + " " + weight.label();
    }

    private static String duration(long millis) {
        return millis % 60_000 == 0
                ? millis / 60_000 + " min"
                : BigDecimal.valueOf(millis, 3).stripTrailingZeros().toPlainString() + " s";
    }
}
