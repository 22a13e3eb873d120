package dev.tollgate.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.Usage;
import dev.tollgate.harness.ManualClock;
import dev.tollgate.harness.Upstreams;
import dev.tollgate.ledger.Books;
import dev.tollgate.ledger.PodShare;
import dev.tollgate.ledger.local.LocalLedger;
import dev.tollgate.policy.Policy;
import dev.tollgate.pricing.Charge;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A budget's override from its beginning to its end, on a clock that the test moves. */
class BudgetOverrideTest {

    private static final Instant END = Instant.parse("2026-11-26T12:00:00Z");
    private static final String LIMIT =
            "limits: [ { name: day, budget: { requests: 10, per: day, warn-at: [80], override: { requests: 30, until: 2026-11-26T12:00Z } } } ]";

    private final Vertx vertx = Vertx.vertx();
    private final ManualClock clock = new ManualClock(END.toEpochMilli() - 3_600_000);
    private final Pods.Events events = new Pods.Events();
    private final LocalLedger ledger = new LocalLedger(clock, 1000);
    private volatile Policy policy = Pods.policy(LIMIT);
    private final LimitsNow limits = new LimitsNow(ledger, () -> policy, Pods.caller("acme"), clock);
    private final Admission admission = new Admission(
            vertx,
            clock,
            new Books(ledger, () -> Optional.of(PodShare.ALONE), () -> {
                throw new AssertionError("nobody asks for its health");
            }),
            () -> policy,
            Pods.settings(),
            events,
            limits);

    @AfterEach
    void stop() {
        Upstreams.await(vertx.close());
    }

    private Decision admit() {
        return Upstreams.await(
                admission.admit(UUID.randomUUID().toString(), Pods.demand("acme", "amazon.nova-lite-v1:0", 100)));
    }

    private static void settle(Decision decision) {
        assertInstanceOf(Decision.Admitted.class, decision)
                .reservation()
                .settle(new Charge(new Usage(1, 1, 0, 0, 0), 100, 1, false));
    }

    private void spend(int calls) {
        for (int i = 0; i < calls; i++) {
            settle(admit());
        }
    }

    private String denial() {
        return assertInstanceOf(Decision.Denied.class, admit()).message();
    }

    private long shownLimit() {
        return Upstreams.await(limits.all()).get(0).limit();
    }

    @Test
    void itHoldsToTheLastMillisecondAndNotAtItsEnd() {
        spend(20);
        clock.set(END.toEpochMilli() - 1);
        settle(admit());
        assertEquals(30, shownLimit());
        clock.set(END.toEpochMilli());
        assertTrue(denial().contains("21 requests used and 0 requests held of 10 requests"), denial());
        assertEquals(10, shownLimit());
    }

    @Test
    void whatItAllowsIsTheAmountInForceNotAddedToTheBudget() {
        spend(30);
        assertTrue(denial().contains("30 requests used and 0 requests held of 30 requests"), denial());
    }

    @Test
    void aCallThatBeganUnderItSettlesAfterItsEnd() {
        spend(15);
        Decision open = admit();
        clock.set(END.toEpochMilli());
        settle(open);
        assertTrue(denial().contains("16 requests used"), denial());
        clock.set(Instant.parse("2026-11-27T00:00:00Z").toEpochMilli());
        spend(10);
        assertTrue(denial().contains("of 10 requests"), "the next day has the budget's own amount");
    }

    @Test
    void thresholdsOfTheRaisedAmountAreReportedBesideThoseOfItsOwn() {
        Policy raised = policy;
        policy = Pods.policy("limits: [ { name: day, budget: { requests: 10, per: day, warn-at: [80] } } ]");
        spend(10);
        denial();
        policy = raised;
        clock.advance(1000);
        spend(20);
        denial();
        clock.set(END.toEpochMilli());
        denial();
        assertEquals(
                List.of("warned day all 80", "exhausted day all", "warned day all 80", "exhausted day all"),
                events.budgets);
    }

    @Test
    void underLoadNoCallThatBeginsAtTheEndPassesByTheRaisedAmount() throws Exception {
        policy = Pods.policy(LIMIT.replace("30, until", "1000000, until"));
        spend(10);
        AtomicInteger before = new AtomicInteger();
        AtomicInteger wrong = new AtomicInteger();
        ExecutorService load = Executors.newFixedThreadPool(4);
        List<Future<?>> users = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            users.add(load.submit(() -> {
                for (int last = 0; last < 50; ) {
                    boolean after = clock.millis() >= END.toEpochMilli();
                    Decision decision = admit();
                    if (decision instanceof Decision.Admitted) {
                        settle(decision);
                        (after ? wrong : before).incrementAndGet();
                    }
                    last += after ? 1 : 0;
                    if (before.get() >= 200) {
                        clock.set(END.toEpochMilli());
                    }
                }
            }));
        }
        for (Future<?> user : users) {
            user.get(30, TimeUnit.SECONDS);
        }
        load.shutdown();
        assertTrue(before.get() >= 200, "calls passed until the end");
        assertEquals(0, wrong.get());
    }
}
