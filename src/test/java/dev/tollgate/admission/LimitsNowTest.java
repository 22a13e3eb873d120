package dev.tollgate.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.harness.Upstreams;
import dev.tollgate.ledger.local.LocalLedger;
import dev.tollgate.policy.Policy;
import dev.tollgate.tenant.Caller;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whose limits are shown: of everybody who called lately, and never of more than a bound. */
class LimitsNowTest {

    private static final Policy POLICY = Pods.policy("limits: [ { name: m, per: [tenant], concurrency: 7 } ]");
    private static final ModelTarget NOVA = ModelTarget.of(ModelId.parse("amazon.nova-lite-v1:0"), Optional.empty());

    private final LimitsNow limits = new LimitsNow(
            new LocalLedger(InstantSource.system(), 1000), () -> POLICY, Pods.caller("pod"), InstantSource.system());

    private Set<String> shown() {
        List<LimitStatus> all = Upstreams.await(limits.poll()).limits();
        Set<String> tenants = all.stream().map(LimitStatus::tenant).collect(Collectors.toSet());
        assertEquals(all.size(), tenants.size(), "each once");
        return tenants;
    }

    private void calls(String tenant) {
        Caller pod = Pods.caller(tenant);
        limits.saw(pod, NOVA);
    }

    @Test
    void twoThousandTenantsAreAllShown() {
        for (int i = 0; i < 1999; i++) {
            calls("tenant-" + i);
        }
        assertEquals(2000, shown().size());
    }

    @Test
    void madeUpNamesDoNotPushOutWhoCallsAndTakeBoundedMemory() {
        for (int i = 0; i < 30_000; i++) {
            calls("made-up-" + i);
            if (i % 1000 == 0) {
                calls("acme");
            }
        }
        Set<String> shown = shown();
        assertTrue(shown.contains("acme"));
        assertTrue(shown.contains("made-up-29999"));
        assertTrue(shown.size() <= 4001, shown.size() + " tenants");
    }

    @Test
    void whoCallsAgainIsShownAgain() {
        calls("acme");
        for (int i = 0; i < 30_000; i++) {
            calls("made-up-" + i);
        }
        assertTrue(!shown().contains("acme"), "silent for long");
        calls("acme");
        assertTrue(shown().contains("acme"));
    }
}
