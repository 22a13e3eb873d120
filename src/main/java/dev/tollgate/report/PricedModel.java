package dev.tollgate.report;

import dev.tollgate.bedrock.ModelTarget;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model as records name it, what it is, and its prices by day. Not for several threads. */
final class PricedModel {

    /** Bare model id, such as {@code anthropic.claude-sonnet-4-5-20250929-v1:0}; an ARN that names no model unchanged. */
    final String name;

    final ModelTarget target;
    final Map<Long, CallCost.DayPrices> prices = new HashMap<>();

    /** The epoch day of the last query, and its prices. */
    long day;

    CallCost.@Nullable DayPrices dayPrices;

    PricedModel(ModelTarget target) {
        this.target = target;
        this.name = target.pricedModel().orElse(target.sendId());
    }
}
