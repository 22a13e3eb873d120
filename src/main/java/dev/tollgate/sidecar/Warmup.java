package dev.tollgate.sidecar;

import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.RequestFacts;
import dev.tollgate.bedrock.RequestReader;
import dev.tollgate.metering.Meter;
import dev.tollgate.pricing.Estimator;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Runs the computing part of a call some hundred times before the first call comes: a virtual machine that interprets its
 * first calls makes them wait so long that the ledger seems to be away. The executable needs none.
 */
final class Warmup {

    private static final long BUDGET_NANOS = 200_000_000;
    private static final byte[] REQUEST = ("{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"Hello\"}]}],"
                    + "\"inferenceConfig\":{\"maxTokens\":100}}")
            .getBytes(StandardCharsets.UTF_8);
    private static final byte[] ANSWER =
            ("{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\"Hi\"}]}},"
                            + "\"usage\":{\"inputTokens\":1,\"outputTokens\":1,\"totalTokens\":2}}")
                    .getBytes(StandardCharsets.UTF_8);

    private Warmup() {}

    static void run(Estimator estimator) {
        if (System.getProperty("org.graalvm.nativeimage.imagecode") != null) {
            return;
        }
        ModelTarget target = ModelTarget.of(ModelId.parse("amazon.nova-lite-v1:0"), Optional.empty());
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("content-type", "application/json");
        long end = System.nanoTime() + BUDGET_NANOS;
        while (System.nanoTime() < end) {
            RequestFacts facts = RequestReader.read(Operation.CONVERSE, REQUEST, name -> null);
            Meter meter = Meter.of(Operation.CONVERSE, headers);
            meter.accept(Buffer.buffer(ANSWER));
            estimator.charge(target, facts, estimator.estimate(target, Operation.CONVERSE, facts), meter.metered());
        }
    }
}
