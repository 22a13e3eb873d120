package dev.tollgate.upstream;

import dev.tollgate.bedrock.Splice;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;

/** Signature version 4 of one small request. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class SignerBenchmark {

    private final Vertx vertx = Vertx.vertx();
    private final byte[] body =
            "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"Hello, who are you and what can you do?\"}]}]}"
                    .getBytes(StandardCharsets.UTF_8);
    private final Splice metadata = new Splice(1, 1, "\"requestMetadata\":{},".getBytes(StandardCharsets.UTF_8));
    private final Signer signer = new SigV4Signer(
            vertx,
            new Endpoint("bedrock-runtime.us-east-1.amazonaws.com", 443, true, "us-east-1"),
            Signer.BEDROCK,
            Clock.systemUTC(),
            request -> Future.succeededFuture(AwsBasicCredentials.create("AKIDEXAMPLE", "secret")));

    @TearDown
    public void close() throws ExecutionException, InterruptedException {
        vertx.close().toCompletionStage().toCompletableFuture().get();
    }

    @Benchmark
    public MultiMap sign() {
        UpstreamRequest request = request();
        signer.sign(request);
        return request.headers();
    }

    private UpstreamRequest request() {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap()
                .add("content-type", "application/json")
                .add("user-agent", "aws-sdk-java/2")
                .add("amz-sdk-invocation-id", "0f1e2d3c")
                .add("accept-encoding", "identity")
                .set("host", "bedrock-runtime.us-east-1.amazonaws.com");
        return new UpstreamRequest(
                "POST", "/model/us.amazon.nova-lite-v1%3A0/converse", headers, Payload.of(body, List.of(metadata)));
    }
}
