package dev.tollgate.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollgate.bedrock.Usage;
import dev.tollgate.harness.ManualClock;
import dev.tollgate.harness.Upstreams;
import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.local.LocalLedger;
import dev.tollgate.pricing.Charge;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReservationTest {

    private static final String LIMITS =
            "limits: [ { name: tokens, budget: { tokens: 1000, per: day } }," + " { name: busy, concurrency: 5 } ]";

    private final Vertx vertx = Vertx.vertx();
    private final ManualClock clock = new ManualClock(1_795_000_000_000L);
    private final LocalLedger ledger = new LocalLedger(clock, 1000);
    private final Pods.Events events = new Pods.Events();
    private final Settlements settlements = new Settlements(vertx, ledger, events);
    private final AtomicInteger ended = new AtomicInteger();
    private final Demand demand = Pods.demand("acme", "amazon.nova-lite-v1:0", 100);
    private final Plan plan = Plan.of(Pods.policy(LIMITS), demand, clock.instant());
    private int ids;

    @AfterEach
    void close() {
        Upstreams.await(vertx.close());
    }

    private Reservation reservation() {
        Hold hold = new Hold("id-" + ids++, "acme", Duration.ofSeconds(60), plan.claims());
        Upstreams.await(ledger.admit(hold));
        return new Reservation(plan, demand, hold, Reservation.Admitted.UNASKED, settlements, ended::incrementAndGet);
    }

    private List<Balance> balances() {
        List<Bucket> buckets = plan.claims().stream().map(c -> c.bucket()).toList();
        return Upstreams.await(ledger.peek("acme", buckets));
    }

    private static Charge charge(long input, long output) {
        return new Charge(new Usage(input, output, 0, 0, 0), 100, 1, false);
    }

    @Test
    void untilItEndsTheEstimateIsHeld() {
        reservation();
        assertEquals(List.of(new Balance.Budget(0, 20), new Balance.Concurrency(1)), balances());
        assertEquals(0, ended.get());
    }

    @Test
    void settlingChargesWhatWasUsed() {
        reservation().settle(charge(7, 4));
        assertEquals(List.of(new Balance.Budget(11, 0), new Balance.Concurrency(0)), balances());
        assertEquals(1, ended.get());
    }

    @Test
    void settlingAsEstimatedChargesTheReservation() {
        reservation().settleAsEstimated();
        assertEquals(List.of(new Balance.Budget(20, 0), new Balance.Concurrency(0)), balances());
    }

    @Test
    void releasingChargesNothing() {
        reservation().release();
        assertEquals(List.of(new Balance.Budget(0, 0), new Balance.Concurrency(0)), balances());
    }

    @Test
    void whatIsMoreThanTheEstimateIsChargedToo() {
        reservation().settle(charge(5_000, 0));
        assertEquals(new Balance.Budget(5_000, 0), balances().get(0));
        assertEquals(List.of("overrun"), events.settlements);
    }

    @Test
    void whatIsLessThanTheEstimateIsARefund() {
        reservation().settle(charge(1, 1));
        assertEquals(List.of("refund"), events.settlements);
    }

    @Test
    void whatWasEstimatedRightIsNoEvent() {
        reservation().settle(charge(10, 10));
        assertEquals(List.of(), events.settlements);
    }

    @Test
    void onlyTheFirstEndCounts() {
        List<java.util.function.Consumer<Reservation>> ends =
                List.of(r -> r.settle(charge(7, 4)), Reservation::settleAsEstimated, Reservation::release);
        long[] used = {11, 20, 0};
        for (int first = 0; first < 3; first++) {
            long before = ((Balance.Budget) balances().get(0)).used();
            Reservation reservation = reservation();
            ends.get(first).accept(reservation);
            ends.forEach(end -> end.accept(reservation));
            assertEquals(before + used[first], ((Balance.Budget) balances().get(0)).used(), "first end " + first);
            assertEquals(first + 1, ended.get());
        }
    }

    @Test
    void ofManyEndsAtOnceOneCounts() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        Random random = new Random(1);
        try {
            for (int round = 0; round < 200; round++) {
                Reservation reservation = reservation();
                CountDownLatch go = new CountDownLatch(1);
                CountDownLatch done = new CountDownLatch(4);
                for (int i = 0; i < 4; i++) {
                    boolean release = random.nextBoolean();
                    threads.submit(() -> {
                        go.await();
                        if (release) {
                            reservation.release();
                        } else {
                            reservation.settle(charge(0, 1));
                        }
                        done.countDown();
                        return null;
                    });
                }
                go.countDown();
                done.await(30, TimeUnit.SECONDS);
                assertEquals(round + 1, ended.get());
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(0, balances().get(1).held());
    }

    @Test
    void withoutClaimsOnlySpendIsSentToTheLedger() {
        List<String> sent = new ArrayList<>();
        Plan nothing = new Plan(List.of());
        Hold hold = new Hold("id", "acme", Duration.ofSeconds(60), List.of());
        new Reservation(nothing, demand, hold, Reservation.Admitted.UNASKED, settlements, () -> sent.add("ended"))
                .settle(charge(1, 1));
        new Reservation(nothing, demand, hold, Reservation.Admitted.UNASKED, settlements, () -> sent.add("ended"))
                .release();
        assertEquals(List.of("ended", "ended"), sent);
        assertEquals(
                1,
                Upstreams.await(ledger.spend(Optional.empty(), "", 10))
                        .rows()
                        .get(0)
                        .dayCalls());
        assertEquals(0, settlements.pending());
    }
}
