package dev.tollgate.admission;

import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.pricing.Estimate;
import dev.tollgate.tenant.Caller;

/** What a call needs to be admitted: who, which model, how much at most. */
public record Demand(Caller caller, ModelTarget target, Estimate estimate) {}
