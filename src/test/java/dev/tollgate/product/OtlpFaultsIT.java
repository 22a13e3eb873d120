package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.OtlpCollector;
import dev.tollgate.harness.OtlpCollector.Mood;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Upstreams;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An OTLP receiver that is mute, slow, failing or hostile costs spans, which are counted, and never a call. */
class OtlpFaultsIT {

    private static final int CALLS = 3000;

    private static final Upstreams UPSTREAM = Upstreams.start();
    private final OtlpCollector collector = new OtlpCollector();

    @AfterEach
    void closeCollector() {
        collector.close();
    }

    @AfterAll
    static void stop() {
        UPSTREAM.close();
    }

    private SidecarProcess sidecar(String... settings) {
        String[] all = Arrays.copyOf(settings, settings.length + 4);
        all[settings.length] = "TOLLGATE_USAGE_STDOUT";
        all[settings.length + 1] = "false";
        all[settings.length + 2] = "-Xmx";
        all[settings.length + 3] = "64m";
        return SidecarProcess.serve(UPSTREAM.settings(all));
    }

    private static void call(SidecarProcess sidecar, int times) {
        IntStream.range(0, times)
                .parallel()
                .forEach(i -> assertEquals(
                        200,
                        Http.post(sidecar, Http.NOVA + "converse", Http.converse(10))
                                .statusCode()));
    }

    private static double spans(SidecarProcess sidecar, String outcome) {
        return sidecar.metric("tollgate_otlp_spans_total", "outcome=\"" + outcome + "\"");
    }

    private static double worstMillis(SidecarProcess sidecar) {
        return sidecar.metric("gen_ai_client_operation_duration_seconds_max") * 1000;
    }

    @ParameterizedTest
    @EnumSource(
            value = Mood.class,
            names = {"MUTE", "UNAVAILABLE", "UNAVAILABLE_FOR_LONG", "ENDLESS", "FAILS"})
    void noCallWaitsForTheReceiverAndWhatDoesNotFitIsCounted(Mood mood) {
        collector.mood(mood);
        try (SidecarProcess sidecar = sidecar("TOLLGATE_OTLP_ENDPOINT", collector.url())) {
            call(sidecar, CALLS);
            assertTrue(worstMillis(sidecar) < 2000, worstMillis(sidecar) + " ms");
            if (mood == Mood.FAILS || mood == Mood.ENDLESS) {
                Ports.await(
                        Duration.ofSeconds(10),
                        "every span to have ended",
                        () -> spans(sidecar, "sent") + spans(sidecar, "failed") + spans(sidecar, "dropped") == CALLS);
            } else {
                assertTrue(spans(sidecar, "dropped") > 500, spans(sidecar, "dropped") + " of " + CALLS);
                assertEquals(0, spans(sidecar, "sent"));
            }
            if (mood == Mood.FAILS) {
                assertTrue(spans(sidecar, "failed") > 0);
            }
            assertEquals(200, sidecar.get("/q/health/ready").statusCode());
            assertTrue(sidecar.log().lines().filter(l -> l.contains("OTLP")).count() <= 2, "said once a signal");
        }
    }

    @Test
    void spansArriveAgainWhenTheReceiverDoes() {
        collector.mood(Mood.UNAVAILABLE);
        try (SidecarProcess sidecar = sidecar("TOLLGATE_OTLP_ENDPOINT", collector.url())) {
            call(sidecar, 10);
            Ports.await(Duration.ofSeconds(10), "a message", () -> !collector
                    .spans()
                    .isEmpty());
            collector.mood(Mood.TAKES);
            Ports.await(Duration.ofSeconds(20), "all spans, repeated", () -> spans(sidecar, "sent") == 10);
            Ports.await("the recovery in the log", () -> sidecar.log().contains("takes traces again"));
        }
    }

    @Test
    void whatTheReceiverRejectedIsNotCountedAsSent() {
        collector.mood(Mood.REJECTS_ONE);
        try (SidecarProcess sidecar = sidecar("TOLLGATE_OTLP_ENDPOINT", collector.url())) {
            call(sidecar, 1);
            Ports.await(Duration.ofSeconds(10), "a rejected span", () -> spans(sidecar, "failed") == 1);
            assertEquals(0, spans(sidecar, "sent"));
        }
    }

    @Test
    void aReceiverThatIsNotThereIsNoReasonNotToStart() {
        try (SidecarProcess sidecar = sidecar("TOLLGATE_OTLP_ENDPOINT", "http://127.0.0.1:" + Ports.free())) {
            call(sidecar, 1);
            Ports.await(Duration.ofSeconds(10), "a warning", () -> sidecar.log().contains("does not take traces"));
        }
    }

    @Test
    void spansAndMetricsOfTheLastCallsAreSentBeforeTheEnd() {
        try (SidecarProcess sidecar =
                sidecar("TOLLGATE_OTLP_ENDPOINT", collector.url(), "TOLLGATE_OTLP_METRICS_EVERY", "1h")) {
            call(sidecar, 1);
            Ports.await("the first span", () -> collector.spans().size() == 1);
            call(sidecar, 5);
            assertEquals(0, sidecar.terminate());
            assertEquals(6, collector.spans().size());
            assertTrue(collector.metric("tollgate.requests").isPresent());
        }
    }

    @Test
    void aMuteReceiverDoesNotHoldUpTheEnd() {
        collector.mood(Mood.MUTE);
        try (SidecarProcess sidecar = sidecar("TOLLGATE_OTLP_ENDPOINT", collector.url())) {
            call(sidecar, 5);
            long start = System.nanoTime();
            assertEquals(0, sidecar.terminate());
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            assertTrue(took.compareTo(Duration.ofSeconds(8)) < 0, took.toString());
        }
    }

    @Test
    void signalsCanBeChosen() {
        try (SidecarProcess sidecar = sidecar(
                "TOLLGATE_OTLP_ENDPOINT", collector.url(),
                "TOLLGATE_OTLP_SIGNALS", "metrics",
                "TOLLGATE_OTLP_METRICS_EVERY", "1s")) {
            Http.post(
                    sidecar, Http.NOVA + "converse", Http.converse(10), "traceparent", "as it came", "tracestate", "x");
            Ports.await(Duration.ofSeconds(10), "the counter", () -> collector
                    .metric("tollgate.requests")
                    .isPresent());
            assertTrue(collector.spans().isEmpty());
            assertTrue(
                    UPSTREAM.simulator().received().stream()
                            .anyMatch(r -> "as it came".equals(r.headers().get("traceparent"))
                                    && "x".equals(r.headers().get("tracestate"))),
                    "without spans the caller's headers pass on unchanged");
        }
    }

    @Test
    void withoutAnEndpointTraceHeadersPassOnUnchanged() {
        try (SidecarProcess sidecar = sidecar()) {
            String parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
            Http.post(sidecar, Http.NOVA + "converse", Http.converse(10), "traceparent", parent, "tracestate", "k=v");
            assertTrue(UPSTREAM.simulator().received().stream()
                    .anyMatch(r -> parent.equals(r.headers().get("traceparent"))
                            && "k=v".equals(r.headers().get("tracestate"))));
            assertEquals(-1, sidecar.get("/q/metrics").body().indexOf("tollgate_otlp"));
        }
    }
}
