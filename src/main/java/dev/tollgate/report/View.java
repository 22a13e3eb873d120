package dev.tollgate.report;

import java.util.List;
import java.util.Locale;

/** The usual questions. */
public enum View {
    DAILY("Spend by day.", List.of("day")),
    MONTHLY("Spend by month.", List.of("month")),
    TENANTS("Spend by tenant.", List.of("tenant")),
    MODELS("Spend by model.", List.of("model")),
    TOP("The largest spenders: tenant and model, by cost, falling.", List.of("tenant", "model"));

    private final String description;

    @SuppressWarnings("ImmutableEnumChecker")
    private final List<String> groupBy;

    View(String description, List<String> groupBy) {
        this.description = description;
        this.groupBy = groupBy;
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public String description() {
        return description;
    }

    public List<String> groupBy() {
        return groupBy;
    }
}
