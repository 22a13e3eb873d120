package dev.tollgate.telemetry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.Usage;
import dev.tollgate.tenant.Caller;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;

/**
 * One call as it went, a JSON line.
 *
 * @param estimated true if the usage is not what the answer reported
 * @param pod name of the pod
 */
public record UsageRecord(
        Instant timestamp,
        Request request,
        Subject subject,
        Outcome outcome,
        Usage usage,
        long microUsd,
        boolean estimated,
        String priceVersion,
        String pod) {

    private static final JsonFactory JSON =
            new JsonFactoryBuilder().rootValueSeparator((String) null).build();

    /**
     * The request as it came.
     *
     * @param requestId the upstream's, so that it meets the invocation log; Tollgate's own if there is none
     */
    public record Request(
            String requestId, String tollgateId, Operation operation, String sdkInvocationId, String sdkAttempt) {}

    /** Who called what. */
    public record Subject(Caller caller, String model, String modelId, String modelMetric) {

        /** Of a call that was refused before anybody knew. */
        public static final Subject UNKNOWN = new Subject(
                new Caller("unknown", "unknown", "unknown", "unknown", Caller.NO_USER),
                "unknown",
                "unknown",
                "unknown");

        public static Subject of(Caller caller, ModelTarget target) {
            return new Subject(caller, target.name(), target.sendId(), target.metricId());
        }
    }

    /**
     * What became of it.
     *
     * @param decision approved, denied or refused
     * @param limit that denied, or the reason of a refusal; {@code none}
     * @param status that the client got, 0 if none
     * @param firstByteMs from the request to the answer's first byte, 0 if there was none
     */
    public record Outcome(String decision, String limit, String end, int status, long latencyMs, long firstByteMs) {}

    /** Writes lines of JSON in UTF-8, one for each record that is handed to it. */
    static JsonGenerator lines(OutputStream out) {
        try {
            return JSON.createGenerator(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One line, its line feed included. After a failure the generator is of no use. */
    void write(JsonGenerator json) {
        try {
            json.writeStartObject();
            json.writeStringField("requestId", request.requestId);
            json.writeStringField("tollgateId", request.tollgateId);
            json.writeStringField("timestamp", timestamp.toString());
            writeSubject(json);
            json.writeStringField("operation", request.operation.label());
            json.writeStringField("decision", outcome.decision);
            json.writeStringField("limit", outcome.limit);
            writeUsage(json);
            json.writeStringField("end", outcome.end);
            json.writeNumberField("status", outcome.status);
            json.writeNumberField("latencyMs", outcome.latencyMs);
            json.writeNumberField("firstByteMs", outcome.firstByteMs);
            json.writeStringField("sdkInvocationId", request.sdkInvocationId);
            json.writeStringField("sdkAttempt", request.sdkAttempt);
            json.writeStringField("pod", pod);
            json.writeEndObject();
            json.writeRaw('\n');
            json.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void writeSubject(JsonGenerator json) throws IOException {
        Caller caller = subject.caller;
        json.writeStringField("tenant", caller.tenant());
        json.writeStringField("applicationId", caller.application());
        json.writeStringField("costCenter", caller.costCenter());
        json.writeStringField("environment", caller.environment());
        json.writeStringField("userId", caller.user());
        json.writeStringField("model", subject.model);
        json.writeStringField("modelId", subject.modelId);
        json.writeStringField("modelMetric", subject.modelMetric);
    }

    private void writeUsage(JsonGenerator json) throws IOException {
        json.writeNumberField("inputTokens", usage.input());
        json.writeNumberField("outputTokens", usage.output());
        json.writeNumberField("cacheReadTokens", usage.cacheRead());
        json.writeNumberField("cacheWrite5mTokens", usage.cacheWrite5m());
        json.writeNumberField("cacheWrite1hTokens", usage.cacheWrite1h());
        json.writeNumberField("microUsd", microUsd);
        json.writeStringField("priceVersion", priceVersion);
        json.writeBooleanField("estimated", estimated);
    }
}
