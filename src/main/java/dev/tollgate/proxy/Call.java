package dev.tollgate.proxy;

import dev.tollgate.bedrock.BedrockPath;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.RequestFacts;
import dev.tollgate.pricing.Estimate;
import dev.tollgate.tenant.Caller;
import io.vertx.core.MultiMap;

/** A call as it was understood: who, what, how large. */
record Call(BedrockPath path, Caller caller, ModelTarget target, RequestFacts facts, Estimate estimate) {

    /** The request as it goes up, but for its signature. */
    record Upload(Call call, String path, MultiMap headers, byte[] body) {}
}
