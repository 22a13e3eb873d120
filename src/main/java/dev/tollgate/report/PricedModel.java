package dev.tollgate.report;

import dev.tollgate.bedrock.ModelTarget;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model as records name it, what it is, and its prices by day. Not for several threads. */
final class PricedModel {

    /** Bare model id, such as {@code anthropic.claude-sonnet-4-5-20250929-v1:0}; an ARN that says no model as it stands. */
    final String name;

    final ModelTarget target;
    final Map<Long, CallCost.DayPrices> prices = new HashMap<>();

    /** The epoch day asked for last, and its prices. */
    long day;

    CallCost.@Nullable DayPrices dayPrices;

    PricedModel(ModelTarget target) {
        this.target = target;
        this.name = target.pricedModel().orElse(target.sendId());
    }
}
