package dev.tollgate.telemetry;

import dev.tollgate.admission.BudgetEvent;
import dev.tollgate.policy.Weight;
import java.math.BigDecimal;
import java.util.Locale;

/** A notification about a budget. */
record BudgetNotice(Event event, BudgetEvent budget) {

    /** What happened. */
    enum Event {
        WARNED,
        EXHAUSTED,
        RESET;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** One sentence. */
    String text() {
        String whose = budget.tenant().equals("all") ? "all tenants" : "tenant " + budget.tenant();
        String subject = "Tollgate: budget " + budget.limit() + " of " + whose;
        String spent = " (" + amount(budget.used()) + " of " + amount(budget.amount()) + ")";
        return switch (event) {
            case WARNED -> subject + " passed " + budget.threshold() + " %" + spent + "; " + resets();
            case EXHAUSTED -> subject + " is used up" + spent + "; " + resets();
            case RESET -> subject + " started over: " + amount(budget.amount()) + " until " + budget.resetsAt();
        };
    }

    private String resets() {
        return "it resets at " + budget.resetsAt();
    }

    /** The threshold that was passed; 100 if used up, 0 if it started over. */
    int percent() {
        return Math.min(100, budget.threshold());
    }

    /** The unit of the amounts. */
    String unit() {
        return budget.weight() == Weight.USD ? "microUsd" : budget.weight().label();
    }

    private String amount(long value) {
        return budget.weight() == Weight.USD
                ? BigDecimal.valueOf(value, 6).stripTrailingZeros().toPlainString() + " USD"
                : value + " " + budget.weight().label();
    }
}
