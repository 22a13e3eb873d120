package dev.tollgate.proxy;

import dev.tollgate.admission.Demand;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.RequestFacts;
import dev.tollgate.pricing.Estimate;
import dev.tollgate.tenant.Caller;
import dev.tollgate.upstream.UpstreamRequest;
import java.util.Map;

/**
 * A call as it was read: who calls what, how much it may use, and the request as it goes up, but for its signature.
 *
 * @param tags who calls, as request metadata
 */
record Call(
        Operation operation,
        Caller caller,
        Map<String, String> tags,
        ModelTarget target,
        RequestFacts facts,
        Estimate estimate,
        UpstreamRequest upload) {

    Demand demand() {
        return new Demand(caller, target, estimate);
    }
}
