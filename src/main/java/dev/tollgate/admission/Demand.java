package dev.tollgate.admission;

import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.ledger.Meter;
import dev.tollgate.pricing.Charge;
import dev.tollgate.pricing.Estimate;
import dev.tollgate.tenant.Caller;

/** What a call needs to be admitted: who, which model, how much at most. */
public record Demand(Caller caller, ModelTarget target, Estimate estimate) {

    /** What the call used, under the names of its usage record. */
    Meter used(Charge charge) {
        return meter(
                charge.microUsd(), charge.usage().allInput() + charge.usage().output());
    }

    Meter usedAsEstimated() {
        return meter(estimate.microUsd(), estimate.inputTokens() + estimate.outputTokens());
    }

    private Meter meter(long microUsd, long tokens) {
        return new Meter(target.name(), caller.costCenter(), microUsd, tokens);
    }
}
