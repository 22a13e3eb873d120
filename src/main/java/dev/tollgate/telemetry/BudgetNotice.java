package dev.tollgate.telemetry;

import dev.tollgate.policy.Weight;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Locale;

/**
 * Something that people want to know of a budget, reported once a period for all pods.
 *
 * @param limit the limit's name
 * @param tenant {@code all} if tenants share the budget
 * @param percent the threshold that was passed; 100 if used up, 0 if it started over
 * @param used settled tokens, requests or micro-USD
 * @param amount the budget, in the same unit
 * @param resetsAt end of the period
 */
public record BudgetNotice(
        Event event,
        String limit,
        String tenant,
        Weight weight,
        int percent,
        long used,
        long amount,
        Instant resetsAt) {

    /** What happened. */
    public enum Event {
        WARNED,
        EXHAUSTED,
        RESET;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** One sentence. */
    String text() {
        String whose = tenant.equals("all") ? "all tenants" : "tenant " + tenant;
        String subject = "Tollgate: budget " + limit + " of " + whose;
        String spent = " (" + amount(used) + " of " + amount(amount) + ")";
        return switch (event) {
            case WARNED -> subject + " passed " + percent + " %" + spent + "; it resets at " + resetsAt;
            case EXHAUSTED -> subject + " is used up" + spent + "; it resets at " + resetsAt;
            case RESET -> subject + " started over: " + amount(amount) + " until " + resetsAt;
        };
    }

    /** The unit of {@link #used} and {@link #amount}. */
    String unit() {
        return weight == Weight.USD ? "microUsd" : weight.label();
    }

    private String amount(long value) {
        return weight == Weight.USD
                ? BigDecimal.valueOf(value, 6).stripTrailingZeros().toPlainString() + " USD"
                : value + " " + weight.label();
    }
}
