package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One run of the script with six limits, from operations to the request that Redis gets. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class BatchBenchmark {

    private final LedgerScript script = new LedgerScript("default", LedgerScript.bundled());
    private final Life life = new Life("pod-1", 1000, 1000);

    @Param({"1", "16"})
    public int calls;

    private final List<Operation> operations = new ArrayList<>();

    @Setup
    public void makeOperations() {
        for (int i = 0; i < calls; i++) {
            Hold hold = new Hold(new UUID(i, i).toString(), "acme", Duration.ofMinutes(1), claims());
            operations.add(new Operation(Operation.Code.ADMIT, hold));
        }
    }

    private static List<Claim> claims() {
        return List.of(
                Claim.of(new Bucket.Rate("tpm:tokens:tm/nova-lite", false, true, 300_000, 200_000, 60_000, 1), 220),
                Claim.of(new Bucket.Rate("rpm:requests:t", false, true, 600, 600, 60_000, 1), 1),
                Claim.of(new Bucket.Concurrency("inflight:requests:t", false, true, 50), 1),
                Claim.of(new Bucket.Budget("day:usd:day:t@1", false, true, 1_000_000, 1, 2, 3), 70),
                Claim.of(new Bucket.Budget("month:usd:month:t@1", false, true, 1_000_000, 1, 2, 3), 70),
                Claim.of(new Bucket.Budget("org:tokens:month:@1", true, true, 1_000_000, 1, 2, 3), 220));
    }

    @Benchmark
    public Request encode() {
        Batch batch = new Batch();
        operations.forEach(batch::add);
        byte[] limits = batch.limits(bucket -> false);
        byte[] packed = batch.operations(operation -> false);
        byte[] head = life.nextHead(batch.leaseMillis());
        return script.bySha(new LedgerScript.Run(
                LedgerScript.Kind.CALLS, head, life.bytes(), "acme", limits, packed, batch.names()));
    }
}
