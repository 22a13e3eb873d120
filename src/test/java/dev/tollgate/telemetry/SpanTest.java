package dev.tollgate.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.Usage;
import dev.tollgate.tenant.Caller;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SpanTest {

    private static byte[] json(String tenant, String model, Usage usage) {
        UsageRecord call = new UsageRecord(
                Instant.EPOCH,
                new UsageRecord.Request("up", "ours", Operation.CONVERSE, "none", "none"),
                new UsageRecord.Subject(
                        new Caller(tenant, "shop", "sales", "prod", Caller.NO_USER), model, model, model),
                new UsageRecord.Outcome("approved", "none", "completed", 200, 5, 3),
                usage,
                7,
                false,
                "book",
                "pod");
        CallTrace trace = CallTrace.of(MultiMap.caseInsensitiveMultiMap(), 100);
        return new Span(trace, call, "none", 1, 2, new Span.Server("host", 443)).json();
    }

    private static JsonObject span(String tenant, String model, Usage usage) {
        return new JsonObject(Buffer.buffer(json(tenant, model, usage)));
    }

    private static String attribute(JsonObject span, String name) {
        return span.getJsonArray("attributes").stream()
                .map(JsonObject.class::cast)
                .filter(a -> a.getString("key").equals(name))
                .map(a -> a.getJsonObject("value"))
                .map(v -> v.getString("stringValue", v.getString("intValue")))
                .findFirst()
                .orElse("");
    }

    @Test
    void namesThatLieStayText() {
        String tenant = "a\"}]\\\u0000\u2028<script>";
        assertEquals(tenant, attribute(span(tenant, "m", Usage.NONE), "tollgate.tenant"));
        assertEquals("a?b", attribute(span("a\ud83db", "m", Usage.NONE), "tollgate.tenant"), "half of a character");
    }

    @Test
    void theLongestNamesMakeASmallSpan() {
        String model = "\ud83d\ude00".repeat(1024);
        assertTrue(json("t".repeat(128), "x" + model, Usage.NONE).length < 12_000);
        assertEquals(
                512,
                attribute(span("t", "m".repeat(2048), Usage.NONE), "gen_ai.request.model")
                        .length());
    }

    @Test
    void inputTokensAreAllThatWasReadAndCachesAreParts() {
        JsonObject span = span("t", "m", new Usage(10, 7, 5, 3, 1));
        assertEquals("19", attribute(span, "gen_ai.usage.input_tokens"));
        assertEquals("7", attribute(span, "gen_ai.usage.output_tokens"));
        assertEquals("5", attribute(span, "gen_ai.usage.cache_read.input_tokens"));
        assertEquals("4", attribute(span, "gen_ai.usage.cache_creation.input_tokens"));
        assertEquals("", attribute(span("t", "m", Usage.NONE), "gen_ai.usage.input_tokens"));
    }
}
