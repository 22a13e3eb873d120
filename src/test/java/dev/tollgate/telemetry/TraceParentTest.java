package dev.tollgate.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.MultiMap;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceParentTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN = "00f067aa0ba902b7";
    private static final String SAMPLED = "00-" + TRACE + "-" + SPAN + "-01";

    private static MultiMap headers(String... pairs) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        for (int i = 0; i < pairs.length; i += 2) {
            headers.add(pairs[i], pairs[i + 1]);
        }
        return headers;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                SAMPLED,
                "00-" + TRACE + "-" + SPAN + "-03",
                "cc-" + TRACE + "-" + SPAN + "-01",
                "cc-" + TRACE + "-" + SPAN + "-01-what-the-future-brings",
            })
    void aValidHeaderIsTakenUp(String header) {
        assertEquals(Optional.of(new TraceParent(TRACE, SPAN, true)), TraceParent.parse(header));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-" + TRACE + "-" + SPAN,
                "00-" + TRACE + "-" + SPAN + "-0",
                "00-" + TRACE + "-" + SPAN + "-0g",
                "00-" + TRACE + "-" + SPAN + "-01-more",
                "ff-" + TRACE + "-" + SPAN + "-01",
                "cc-" + TRACE + "-" + SPAN + "-01.more",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + SPAN + "-01",
                "00-00000000000000000000000000000000-" + SPAN + "-01",
                "00-" + TRACE + "-0000000000000000-01",
                "00_" + TRACE + "-" + SPAN + "-01",
                "00-" + TRACE + "0" + SPAN + "-01",
                "00-4bf92f3577b34da6a3ce929d0e0e473\u0664-" + SPAN + "-01",
                " " + SAMPLED,
            })
    void whatIsNotValidIsNone(String header) {
        assertEquals(Optional.empty(), TraceParent.parse(header));
    }

    @Test
    void theUpstreamsParentIsOurSpanInTheCallersTrace() {
        CallTrace trace = CallTrace.of(headers("traceparent", SAMPLED, "tracestate", "a=1", "tracestate", "b=2"), 0);
        MultiMap upstream = headers("traceparent", SAMPLED, "tracestate", "a=1,b=2");
        trace.propagate(upstream);

        TraceParent sent = TraceParent.parse(upstream.get("traceparent")).orElseThrow();
        assertEquals(TRACE, sent.traceId());
        assertNotEquals(SPAN, sent.spanId());
        assertTrue(sent.sampled());
        assertEquals("a=1,b=2", upstream.get("tracestate"));
        assertEquals(Optional.of(sent), trace.recorded());
        assertEquals(SPAN, trace.parent().orElseThrow().spanId());
        assertEquals(Optional.of("a=1,b=2"), trace.state());
    }

    @Test
    void aTraceThatTheCallerDoesNotRecordIsNotRecordedHere() {
        CallTrace trace = CallTrace.of(headers("traceparent", "00-" + TRACE + "-" + SPAN + "-00"), 100);
        MultiMap upstream = headers();
        trace.propagate(upstream);
        assertEquals(Optional.empty(), trace.recorded());
        assertFalse(TraceParent.parse(upstream.get("traceparent")).orElseThrow().sampled());
    }

    @Test
    void withTwoHeadersOrAnInvalidOneTheTraceStartsHereWithoutTheState() {
        for (MultiMap request : new MultiMap[] {
            headers("traceparent", SAMPLED, "traceparent", SAMPLED, "tracestate", "a=1"),
            headers("traceparent", "nonsense", "tracestate", "a=1"),
        }) {
            CallTrace trace = CallTrace.of(request, 100);
            MultiMap upstream = headers("traceparent", "nonsense", "tracestate", "a=1");
            trace.propagate(upstream);
            TraceParent sent = TraceParent.parse(upstream.get("traceparent")).orElseThrow();
            assertNotEquals(TRACE, sent.traceId());
            assertEquals(1, upstream.getAll("traceparent").size());
            assertFalse(upstream.contains("tracestate"));
            assertEquals(Optional.empty(), trace.parent());
        }
    }

    @Test
    void onlySoManyTracesThatStartHereAreRecorded() {
        assertTrue(CallTrace.of(headers(), 100).recorded().isPresent());
        assertTrue(CallTrace.of(headers(), 0).recorded().isEmpty());
        int recorded = 0;
        for (int i = 0; i < 10_000; i++) {
            recorded += CallTrace.of(headers(), 25).recorded().isPresent() ? 1 : 0;
        }
        assertEquals(2500, recorded, 300);
    }

    @Test
    void withoutAnExporterHeadersStayAsTheyCame() {
        MultiMap upstream = headers("traceparent", "nonsense", "tracestate", "a=1");
        CallTrace.NONE.propagate(upstream);
        assertEquals("nonsense", upstream.get("traceparent"));
        assertEquals("a=1", upstream.get("tracestate"));
    }
}
