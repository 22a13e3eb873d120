package dev.tollgate.telemetry;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tollgate.bedrock.Usage;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * One call as a span, with the attributes of the conventions for generative AI and ours. Never a prompt or an answer.
 *
 * @param trace with a span to record
 * @param error {@link GenAi#NO_ERROR} if the call was served
 * @param endNanos since the epoch
 * @param server that answered, or would have
 */
record Span(CallTrace trace, UsageRecord call, String error, long startNanos, long endNanos, Server server) {

    private static final int CLIENT = 3;
    private static final int FAILED = 2;
    private static final int USUAL_LENGTH = 1800;
    // A model's name can have 2,048 characters, a tracestate more.
    private static final int MAX_TEXT = 512;

    /** The upstream. */
    record Server(String address, int port) {}

    /** Through a text, because names that callers choose can hold halves of characters, which bytes have no form for. */
    byte[] json() {
        StringWriter out = new StringWriter(USUAL_LENGTH);
        try (JsonGenerator json = OtlpResource.JSON.createGenerator(out)) {
            TraceParent own = trace.recorded().orElseThrow();
            String model = bounded(call.subject().modelId());
            String operation = GenAi.operation(call.request().operation(), model);
            json.writeStartObject();
            json.writeStringField("traceId", own.traceId());
            json.writeStringField("spanId", own.spanId());
            if (trace.parent().isPresent()) {
                json.writeStringField("parentSpanId", trace.parent().get().spanId());
            }
            if (trace.state().filter(s -> s.length() <= MAX_TEXT).isPresent()) {
                json.writeStringField("traceState", trace.state().get());
            }
            json.writeStringField("name", operation + ' ' + model);
            json.writeNumberField("kind", CLIENT);
            json.writeStringField("startTimeUnixNano", Long.toString(startNanos));
            json.writeStringField("endTimeUnixNano", Long.toString(endNanos));
            json.writeArrayFieldStart("attributes");
            convention(json, operation, model);
            ours(json);
            json.writeEndArray();
            if (!error.equals(GenAi.NO_ERROR)) {
                json.writeObjectFieldStart("status");
                json.writeNumberField("code", FAILED);
                json.writeEndObject();
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void convention(JsonGenerator json, String operation, String model) throws IOException {
        text(json, GenAi.OPERATION, operation);
        text(json, GenAi.PROVIDER, GenAi.BEDROCK);
        text(json, GenAi.REQUEST_MODEL, model);
        text(json, "server.address", server.address());
        OtlpResource.number(json, "server.port", server.port());
        if (!error.equals(GenAi.NO_ERROR)) {
            text(json, GenAi.ERROR, error);
        }
        Usage usage = call.usage();
        if (GenAi.input(usage) > 0 || usage.output() > 0) {
            OtlpResource.number(json, "gen_ai.usage.input_tokens", GenAi.input(usage));
            OtlpResource.number(json, "gen_ai.usage.output_tokens", usage.output());
            OtlpResource.number(json, "gen_ai.usage.cache_read.input_tokens", usage.cacheRead());
            OtlpResource.number(json, "gen_ai.usage.cache_creation.input_tokens", usage.cacheWrite());
        }
        text(json, "aws.request_id", call.request().requestId());
        if (call.outcome().status() > 0) {
            OtlpResource.number(
                    json, "http.response.status_code", call.outcome().status());
        }
    }

    private void ours(JsonGenerator json) throws IOException {
        text(json, "tollgate.tenant", call.subject().caller().tenant());
        text(json, "tollgate.application", call.subject().caller().application());
        text(json, "tollgate.cost_center", call.subject().caller().costCenter());
        text(json, "tollgate.environment", call.subject().caller().environment());
        text(json, "tollgate.model", call.subject().model());
        text(json, "tollgate.operation", call.request().operation().label());
        text(json, "tollgate.request_id", call.request().tollgateId());
        text(json, "tollgate.decision", call.outcome().decision());
        text(json, "tollgate.limit", call.outcome().limit());
        text(json, "tollgate.end", call.outcome().end());
        OtlpResource.number(json, "tollgate.cost_micro_usd", call.microUsd());
        OtlpResource.number(json, "tollgate.first_byte_ms", call.outcome().firstByteMs());
    }

    private static void text(JsonGenerator json, String name, String value) throws IOException {
        OtlpResource.text(json, name, bounded(value));
    }

    private static String bounded(String value) {
        return value.length() <= MAX_TEXT ? value : value.substring(0, MAX_TEXT);
    }
}
