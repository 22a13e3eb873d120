package dev.tollgate.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.Usage;
import dev.tollgate.harness.ManualClock;
import dev.tollgate.policy.Policy;
import dev.tollgate.policy.PolicyReader;
import dev.tollgate.tenant.Caller;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Metrics metrics =
            new Metrics(registry, 3, "test", new ManualClock(0), t -> t.name().startsWith("nova"));

    private static Caller caller(String tenant) {
        return new Caller(tenant, "shop", "sales", "prod", Caller.NO_USER);
    }

    private static ModelTarget model(String id) {
        return ModelTarget.of(ModelId.parse(id), Optional.empty());
    }

    @Test
    void namesThatCallersMakeUpDoNotMakeSeriesWithoutBound() {
        for (int i = 0; i < 5000; i++) {
            metrics.call(caller("t" + i), model("vendor.made-up-" + i)).request();
            metrics.unknownPrice(model("vendor.made-up-" + i));
            metrics.answered(
                    Operation.CONVERSE,
                    model("vendor.made-up-" + i),
                    new Metrics.Answered("made-up-" + i, new Usage(1, 1, 0, 0, 0), 1, 1));
        }
        long tenants = registry.find("tollgate.requests").counters().stream()
                .map(c -> c.getId().getTag("tenant"))
                .distinct()
                .count();
        assertEquals(4, tenants, "three by name and _other");
        assertTrue(registry.getMeters().size() < 5000, registry.getMeters().size() + " meters");
        assertTrue(registry.get("tollgate.series.limited").counter().count() > 4000);
    }

    @Test
    void aRealModelHasItsSeriesAfterAnyNumberOfMadeUpOnes() {
        for (int i = 0; i < 5000; i++) {
            metrics.call(caller("t0"), model("vendor.made-up-" + i)).request();
        }
        metrics.call(caller("t0"), model("us.amazon.nova-lite-v1:0")).request();
        assertEquals(
                1,
                registry.get("tollgate.requests")
                        .tag("model_id", "us.amazon.nova-lite-v1:0")
                        .counter()
                        .count());
    }

    @Test
    void countersOfWhatIsConfiguredExistAtZeroAndNoLabelIsEmpty() {
        Policy policy = PolicyReader.read("""
                tenants: { acme: { cost-center: sales }, globex: {} }
                aliases: { nova: us.amazon.nova-lite-v1:0 }
                limits:
                  - { name: day, match: { tenant: acme }, budget: { usd: 5, per: day } }
                  - { name: loose, concurrency: 5, on-ledger-failure: open }
                """, 0);
        metrics.announce(policy, p -> caller("acme"), "globex"::equals);
        assertEquals(2, registry.find("tollgate.requests").counters().size());
        assertEquals(
                0,
                registry.get("tollgate.decisions")
                        .tags("tenant", "acme", "decision", "denied", "limit", "day")
                        .counter()
                        .count());
        assertTrue(registry.find("tollgate.decisions")
                .tags("tenant", "globex", "limit", "day")
                .counters()
                .isEmpty());
        assertEquals(
                0,
                registry.get("tollgate.fail.open")
                        .tags("limit", "loose")
                        .counter()
                        .count());
        for (Meter meter : registry.getMeters()) {
            meter.getId()
                    .getTags()
                    .forEach(t ->
                            assertTrue(!t.getValue().isEmpty(), meter.getId().toString()));
            assertTrue(meter.getId().getDescription() != null, meter.getId() + " has no help text");
            assertTrue(
                    meter.getId().getType() != Meter.Type.TIMER || meter.getId().getTag("tenant") == null,
                    "no histogram has a tenant");
        }
    }

    /** As the OpenTelemetry conventions for generative AI have them. */
    @Test
    void genAiHistogramsHaveTheNamesAttributesAndBoundsOfTheConventions() {
        metrics.answered(
                Operation.CONVERSE_STREAM,
                model("us.amazon.nova-lite-v1:0"),
                new Metrics.Answered("none", new Usage(10, 7, 5, 1, 0), 3_000_000_000L, 20_000_000L));

        Tags tags = Tags.of(
                "gen_ai.operation.name", "chat",
                "gen_ai.provider.name", "aws.bedrock",
                "gen_ai.request.model", "nova-lite");
        Timer duration = registry.get("gen_ai.client.operation.duration")
                .tags(tags.and("error.type", "none"))
                .timer();
        assertEquals(3, duration.totalTime(TimeUnit.SECONDS));
        assertEquals(
                List.of(0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92),
                Arrays.stream(duration.takeSnapshot().histogramCounts())
                        .map(bucket -> bucket.bucket(TimeUnit.SECONDS))
                        .toList());
        assertEquals(
                1,
                registry.get("gen_ai.client.operation.time_to_first_chunk")
                        .tags(tags)
                        .timer()
                        .count());
        DistributionSummary input = registry.get("gen_ai.client.token.usage")
                .tags(tags.and("gen_ai.token.type", "input"))
                .summary();
        assertEquals(16, input.totalAmount(), "those of caches too");
        assertEquals(
                List.of(
                        1.0,
                        4.0,
                        16.0,
                        64.0,
                        256.0,
                        1024.0,
                        4096.0,
                        16384.0,
                        65536.0,
                        262144.0,
                        1048576.0,
                        4194304.0,
                        16777216.0,
                        67108864.0),
                Arrays.stream(input.takeSnapshot().histogramCounts())
                        .map(CountAtBucket::bucket)
                        .toList());
        assertEquals(
                7,
                registry.get("gen_ai.client.token.usage")
                        .tags("gen_ai.token.type", "output")
                        .summary()
                        .totalAmount());
    }

    @Test
    void anAnswerThatIsNoStreamHasNoFirstChunkAndWhatIsNotReportedNoTokens() {
        metrics.answered(
                Operation.CONVERSE,
                model("us.amazon.nova-lite-v1:0"),
                new Metrics.Answered("timeout", Usage.NONE, 1, 0));
        assertTrue(registry.find("gen_ai.client.operation.time_to_first_chunk")
                .timers()
                .isEmpty());
        assertTrue(registry.find("gen_ai.client.token.usage").summaries().isEmpty());
    }

    @Test
    void errorsBeyondFiftyAreOther() {
        for (int i = 0; i < 200; i++) {
            metrics.answered(
                    Operation.CONVERSE,
                    model("us.amazon.nova-lite-v1:0"),
                    new Metrics.Answered("Made" + i, Usage.NONE, 1, 0));
        }
        metrics.answered(
                Operation.CONVERSE, model("us.amazon.nova-lite-v1:0"), new Metrics.Answered("none", Usage.NONE, 1, 0));
        assertEquals(
                51, registry.find("gen_ai.client.operation.duration").timers().size());
        assertEquals(
                1,
                registry.get("gen_ai.client.operation.duration")
                        .tag("error.type", "none")
                        .timer()
                        .count());
        assertEquals(
                151,
                registry.get("gen_ai.client.operation.duration")
                        .tag("error.type", "_OTHER")
                        .timer()
                        .count());
    }

    @ParameterizedTest
    @CsvSource({
        "CONVERSE, amazon.nova-pro-v1:0, chat",
        "INVOKE, anthropic.claude-sonnet-4-5-20250929-v1:0, chat",
        "INVOKE, amazon.titan-embed-text-v2:0, embeddings",
        "INVOKE, cohere.embed-english-v3, embeddings",
        "INVOKE, amazon.nova-canvas-v1:0, generate_content",
        "CHAT_COMPLETIONS, openai.gpt-oss-20b-1:0, chat",
        "COUNT_TOKENS, amazon.nova-pro-v1:0, count-tokens",
    })
    void anOperationHasTheWellKnownNameIfThereIsOne(Operation operation, String model, String name) {
        assertEquals(name, GenAi.operation(operation, model));
    }

    @Test
    void metersOfLibrariesHaveBaseUnitsAndHelpThatEveryToolReads() {
        SimpleMeterRegistry filtered = new SimpleMeterRegistry();
        filtered.config().meterFilter(new ForeignMeters());
        ForeignMeters.addTo(filtered);
        filtered.counter("ft.invocations.total");
        filtered.counter("process.cpu.time");
        Gauge.builder("process.cpu.usage", () -> 1)
                .description("The \"recent cpu usage\" of it")
                .register(filtered);
        assertEquals(
                Set.of("process.cpu", "process.cpu.usage"),
                filtered.getMeters().stream().map(m -> m.getId().getName()).collect(Collectors.toSet()));
        assertEquals(
                "The recent cpu usage of it",
                filtered.get("process.cpu.usage").gauge().getId().getDescription());
        assertTrue(filtered.get("process.cpu").functionCounter().count() > 0);
    }
}
