package dev.tollgate.telemetry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.Usage;
import dev.tollgate.tenant.Caller;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;

/**
 * One call as it went, a JSON line.
 *
 * @param requestId the upstream's, so that it meets the invocation log; Tollgate's own where there is none
 * @param limit that denied, {@code none}
 * @param estimated true where the usage is the estimate
 * @param end as {@link dev.tollgate.metering} tells it, or {@code denied}
 * @param firstByteMs 0 where there was none
 */
public record UsageRecord(
        String requestId,
        String tollgateId,
        Instant timestamp,
        Caller caller,
        ModelTarget target,
        Operation operation,
        String decision,
        String limit,
        Usage usage,
        long microUsd,
        String priceVersion,
        boolean estimated,
        String end,
        int status,
        long latencyMs,
        long firstByteMs,
        String sdkInvocationId,
        String sdkAttempt,
        String pod) {

    private static final JsonFactory JSON = new JsonFactory();

    /** Without a line break. */
    public String json() {
        StringWriter out = new StringWriter(640);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("requestId", requestId);
            json.writeStringField("tollgateId", tollgateId);
            json.writeStringField("timestamp", timestamp.toString());
            json.writeStringField("tenant", caller.tenant());
            json.writeStringField("applicationId", caller.application());
            json.writeStringField("costCenter", caller.costCenter());
            json.writeStringField("environment", caller.environment());
            json.writeStringField("userId", caller.user());
            json.writeStringField("model", target.name());
            json.writeStringField("modelId", target.sendId());
            json.writeStringField("modelMetric", target.metricId());
            json.writeStringField("operation", operation.label());
            json.writeStringField("decision", decision);
            json.writeStringField("limit", limit);
            json.writeNumberField("inputTokens", usage.input());
            json.writeNumberField("outputTokens", usage.output());
            json.writeNumberField("cacheReadTokens", usage.cacheRead());
            json.writeNumberField("cacheWrite5mTokens", usage.cacheWrite5m());
            json.writeNumberField("cacheWrite1hTokens", usage.cacheWrite1h());
            json.writeNumberField("microUsd", microUsd);
            json.writeStringField("priceVersion", priceVersion);
            json.writeBooleanField("estimated", estimated);
            json.writeStringField("end", end);
            json.writeNumberField("status", status);
            json.writeNumberField("latencyMs", latencyMs);
            json.writeNumberField("firstByteMs", firstByteMs);
            json.writeStringField("sdkInvocationId", sdkInvocationId);
            json.writeStringField("sdkAttempt", sdkAttempt);
            json.writeStringField("pod", pod);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }
}
