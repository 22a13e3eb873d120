package dev.tollgate.report;

import dev.tollgate.bedrock.ModelTarget;
import org.jspecify.annotations.Nullable;

/** A model as records name it, what it is, and its prices by day. Not for several threads. */
final class PricedModel {

    static final int DAYS = 128;

    /** Bare model id, such as {@code anthropic.claude-sonnet-4-5-20250929-v1:0}; an ARN that names no model unchanged. */
    final String name;

    final ModelTarget target;

    /** Epoch days of the last queries, each in the slot of its remainder by {@link #DAYS}, and their prices. */
    final long[] days = new long[DAYS];

    final CallCost.@Nullable DayPrices[] prices = new CallCost.DayPrices[DAYS];

    PricedModel(ModelTarget target) {
        this.target = target;
        this.name = target.pricedModel().orElse(target.sendId());
    }
}
