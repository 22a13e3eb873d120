package dev.tollgate.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.harness.ManualClock;
import dev.tollgate.policy.Policy;
import dev.tollgate.policy.PolicyReader;
import dev.tollgate.tenant.Caller;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Optional;
import org.junit.jupiter.api.Test;

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
            metrics.answered(Operation.CONVERSE, model("vendor.made-up-" + i), "none", 1, 1);
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
}
