package dev.tollgate.bench;

import dev.tollgate.bedrock.EventStreamDecoder;
import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.RequestFacts;
import dev.tollgate.bedrock.RequestReader;
import dev.tollgate.metering.Meter;
import dev.tollgate.pricing.Charge;
import dev.tollgate.pricing.Estimate;
import dev.tollgate.pricing.Estimator;
import dev.tollgate.pricing.PriceBook;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** The computing parts of one call: what is read of its request and its answer, and what it costs. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class CallBenchmark {

    private static final LocalDate DAY = LocalDate.of(2026, 11, 26);

    private final byte[] request = ("{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"Hello, who are you and what can you do"
                    + " for me today?\"}]}],\"inferenceConfig\":{\"maxTokens\":200}}")
            .getBytes(StandardCharsets.UTF_8);
    private final byte[] longRequest = ("{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\""
                    + "Some words of it ".repeat(60_000) + "\"}]}],\"inferenceConfig\":{\"maxTokens\":200}}")
            .getBytes(StandardCharsets.UTF_8);
    private final byte[] answer =
            ("{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\"Hello there, how are you?\"}]}},"
                            + "\"stopReason\":\"end_turn\",\"usage\":{\"inputTokens\":12,\"outputTokens\":8,\"totalTokens\":20},"
                            + "\"metrics\":{\"latencyMs\":5}}")
                    .getBytes(StandardCharsets.UTF_8);
    private final byte[] stream = StreamUpstream.example(100);
    private final MultiMap json = MultiMap.caseInsensitiveMultiMap().add("content-type", "application/json");
    private final MultiMap frames =
            MultiMap.caseInsensitiveMultiMap().add("content-type", "application/vnd.amazon.eventstream");
    private final PriceBook book = PriceBook.bundled();
    private final Instant now = Instant.parse("2026-11-26T12:00:00Z");
    private final Estimator estimator = new Estimator(book, Estimator.Mode.EXPECTED, () -> now);
    private final ModelTarget target = ModelTarget.of(ModelId.parse("us.amazon.nova-lite-v1:0"), Optional.empty());
    private final RequestFacts facts = RequestReader.read(Operation.CONVERSE, request, name -> null);
    private final Estimate estimate = estimator.estimate(target, Operation.CONVERSE, facts);
    private final Metered metered = readAnswer();

    @Benchmark
    public RequestFacts requestScan() {
        return RequestReader.read(Operation.CONVERSE, request, name -> null);
    }

    @Benchmark
    public RequestFacts requestScanOfOneMegabyte() {
        return RequestReader.read(Operation.CONVERSE, longRequest, name -> null);
    }

    @Benchmark
    public Metered usageReader() {
        return readAnswer();
    }

    private Metered readAnswer() {
        Meter meter = Meter.of(Operation.CONVERSE, json);
        meter.accept(Buffer.buffer(answer));
        return meter.metered();
    }

    @Benchmark
    public Metered usageReaderOf100Frames() {
        Meter meter = Meter.of(Operation.CONVERSE_STREAM, frames);
        meter.accept(Buffer.buffer(stream));
        return meter.metered();
    }

    @Benchmark
    public void frameReaderOf100Frames(Blackhole out) {
        new EventStreamDecoder(1 << 20, (messageType, type, payload) -> out.consume(payload))
                .accept(Buffer.buffer(stream));
    }

    @Benchmark
    public PriceBook.Quote priceQuote() {
        return book.quote(target, DAY, 100);
    }

    @Benchmark
    public Estimate estimate() {
        return estimator.estimate(target, Operation.CONVERSE, facts);
    }

    @Benchmark
    public Charge charge() {
        return estimator.charge(target, facts, estimate, metered);
    }

    @Benchmark
    public ModelTarget modelTarget() {
        return ModelTarget.of(ModelId.parse("us.amazon.nova-lite-v1:0"), Optional.empty());
    }
}
