package dev.tollgate.metering;

import dev.tollgate.bedrock.Purchase;
import dev.tollgate.bedrock.Unit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Sums the units that guardrails report, by policy (AWS API description, GuardrailUsage). Word filters are free. */
final class GuardrailUnits {

    private static final Map<String, Unit> NAMES = Map.of(
            "topicPolicyUnits",
            Unit.TOPIC_TEXT,
            "contentPolicyUnits",
            Unit.CONTENT_TEXT,
            "sensitiveInformationPolicyUnits",
            Unit.SENSITIVE_TEXT,
            "contextualGroundingPolicyUnits",
            Unit.GROUNDING_TEXT,
            "automatedReasoningPolicyUnits",
            Unit.REASONING_TEXT,
            "contentPolicyImageUnits",
            Unit.CONTENT_IMAGE);

    // Most calls have no guardrail: a map of their own only where there is something to sum.
    private Map<Unit, Long> sums = Map.of();

    /** Adds a member of a guardrail's usage; false if it is none. */
    boolean add(String name, long value) {
        Unit unit = value < 0 ? null : NAMES.get(name);
        if (unit != null) {
            add(unit, value);
        }
        return unit != null;
    }

    void addAll(GuardrailUnits other) {
        other.sums.forEach(this::add);
    }

    private void add(Unit unit, long value) {
        if (sums.isEmpty()) {
            sums = new EnumMap<>(Unit.class);
        }
        sums.merge(unit, value, Long::sum);
    }

    List<Purchase> purchases() {
        List<Purchase> purchases = new ArrayList<>(sums.size());
        sums.forEach((unit, value) -> {
            if (value > 0) {
                purchases.add(Purchase.of(unit, value));
            }
        });
        return purchases;
    }
}
