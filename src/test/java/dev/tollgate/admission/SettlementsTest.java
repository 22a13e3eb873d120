package dev.tollgate.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Upstreams;
import dev.tollgate.ledger.AdmitReply;
import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.Ledger;
import dev.tollgate.ledger.LedgerException;
import dev.tollgate.ledger.LedgerFault;
import dev.tollgate.ledger.SettleReply;
import dev.tollgate.ledger.SpendPage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SettlementsTest {

    private static final Bucket BUSY = new Bucket.Budget("b@1", true, true, 100, 0, 1, 1);

    private final Vertx vertx = Vertx.vertx();
    private final Replies ledger = new Replies();
    private final Pods.Events events = new Pods.Events();
    private final Settlements settlements = new Settlements(vertx, ledger, events);

    /** Gives the replies that are queued, then SETTLED. */
    private static final class Replies implements Ledger {
        final Queue<Future<SettleReply>> next = new ConcurrentLinkedQueue<>();
        final List<String> asked = new CopyOnWriteArrayList<>();
        final List<Hold> abandoned = new CopyOnWriteArrayList<>();

        private Future<SettleReply> reply(String operation) {
            asked.add(operation);
            Future<SettleReply> reply = next.poll();
            return reply == null ? Future.succeededFuture(SettleReply.values()[0]) : reply;
        }

        @Override
        public Future<SettleReply> settle(Hold hold) {
            return reply("settle " + hold.id());
        }

        @Override
        public Future<SettleReply> release(Hold hold) {
            return reply("release " + hold.id());
        }

        @Override
        public void abandon(Hold hold) {
            abandoned.add(hold);
        }

        @Override
        public Future<AdmitReply> admit(Hold hold, Runnable written) {
            throw new AssertionError("nothing admits here");
        }

        @Override
        public Future<Boolean> extend(Hold hold) {
            throw new AssertionError("nothing extends here");
        }

        @Override
        public Future<SpendPage> spend(Optional<String> tenant, String cursor, int limit) {
            throw new AssertionError("nobody asks what is spent here");
        }

        @Override
        public Future<List<Balance>> peek(String tenant, List<Bucket> buckets) {
            throw new AssertionError("nothing peeks here");
        }

        @Override
        public Future<Boolean> mark(String tenant, Bucket.Budget budget, int threshold) {
            throw new AssertionError("nothing marks here");
        }
    }

    @AfterEach
    void close() {
        Upstreams.await(vertx.close());
    }

    private static Hold hold(String id, long estimate, long actual) {
        return new Hold(id, "acme", Duration.ofSeconds(60), List.of(new Claim(BUSY, estimate, actual)));
    }

    private static Future<SettleReply> failed(LedgerFault fault) {
        return Future.failedFuture(new LedgerException(fault, "no"));
    }

    private void awaitNone() {
        Ports.await("nothing to be pending", () -> settlements.pending() == 0);
    }

    @Test
    void aSettlementThatIsAnsweredIsOver() {
        settlements.settle(hold("a", 5, 5));
        assertEquals(List.of("settle a"), ledger.asked);
        assertEquals(0, settlements.pending());
    }

    @ParameterizedTest
    @EnumSource(
            value = LedgerFault.class,
            names = {"BAD_ARGUMENT"},
            mode = EnumSource.Mode.EXCLUDE)
    void aSettlementIsRepeatedByItsIdUntilTheLedgerAnswers(LedgerFault fault) {
        ledger.next.add(failed(fault));
        ledger.next.add(failed(fault));
        settlements.settle(hold("a", 5, 5));
        awaitNone();
        assertEquals(List.of("settle a", "settle a", "settle a"), ledger.asked);
        assertEquals(List.of(fault, fault), events.faults);
        assertEquals(List.of(), ledger.abandoned);
    }

    @Test
    void aReleaseIsRepeatedToo() {
        ledger.next.add(failed(LedgerFault.TIMEOUT));
        settlements.release(hold("a", 5, 0));
        awaitNone();
        assertEquals(List.of("release a", "release a"), ledger.asked);
    }

    @Test
    void whatCannotHelpIsNotRepeated() {
        ledger.next.add(failed(LedgerFault.BAD_ARGUMENT));
        settlements.settle(hold("a", 5, 5));
        assertEquals(List.of("settle a"), ledger.asked);
        assertEquals(1, ledger.abandoned.size());
        assertEquals(List.of("unsettled"), events.settlements);
        assertEquals(0, settlements.pending());
    }

    @Test
    void aBugIsNotRepeatedAndLeavesNothingPending() {
        ledger.next.add(Future.failedFuture(new IllegalStateException("a bug")));
        settlements.settle(hold("a", 5, 5));
        assertEquals(List.of("unsettled"), events.settlements);
        assertEquals(List.of(), events.faults);
        assertEquals(0, settlements.pending());
    }

    @ParameterizedTest
    @CsvSource({"5, 9, overrun", "5, 1, refund"})
    void aDifferenceIsReported(long estimate, long actual, String kind) {
        settlements.settle(hold("a", estimate, actual));
        assertEquals(List.of(kind), events.settlements);
    }

    @Test
    void aReleaseIsNoRefund() {
        settlements.release(hold("a", 5, 0));
        assertEquals(List.of(), events.settlements);
    }

    @Test
    void aLateSettlementIsReported() {
        ledger.next.add(Future.succeededFuture(SettleReply.LATE));
        settlements.settle(hold("a", 5, 1));
        assertEquals(List.of("late"), events.settlements);
    }

    @Test
    void aSettlementOfAnUnknownHoldIsLate() {
        ledger.next.add(Future.succeededFuture(SettleReply.UNKNOWN));
        settlements.settle(hold("a", 5, 1));
        assertEquals(List.of("late"), events.settlements);
    }

    @Test
    void aReleaseOfAnUnknownHoldIsNone() {
        ledger.next.add(Future.succeededFuture(SettleReply.UNKNOWN));
        settlements.release(hold("a", 5, 0));
        assertEquals(List.of(), events.settlements);
    }

    @Test
    void drainingWithNothingPendingCompletesAtOnce() {
        assertTrue(settlements.drain().isComplete());
    }

    @Test
    void drainingWaitsForWhatIsPending() {
        Promise<SettleReply> reply = Promise.promise();
        ledger.next.add(reply.future());
        settlements.settle(hold("a", 5, 5));
        Future<Void> drained = settlements.drain();
        assertFalse(drained.isComplete());
        assertEquals(1, settlements.pending());
        reply.complete(SettleReply.values()[0]);
        assertTrue(drained.isComplete());
    }

    @Test
    void drainingSeesARepetitionThrough() {
        ledger.next.add(failed(LedgerFault.CONNECTION));
        ledger.next.add(failed(LedgerFault.OPEN_CIRCUIT));
        settlements.settle(hold("a", 5, 5));
        Upstreams.await(settlements.drain());
        assertEquals(3, ledger.asked.size());
    }

    @Test
    void moreThanTenThousandAreGivenUpAndTheirLeasesChargeThem() {
        Promise<SettleReply> never = Promise.promise();
        for (int i = 0; i < 10_000; i++) {
            ledger.next.add(never.future());
            settlements.settle(hold("id-" + i, 5, 5));
        }
        assertEquals(10_000, settlements.pending());
        settlements.settle(hold("one-more", 5, 5));
        assertEquals(10_000, settlements.pending());
        assertEquals("one-more", ledger.abandoned.get(0).id());
        assertEquals(List.of("unsettled"), events.settlements);
        never.complete(SettleReply.values()[0]);
        assertEquals(0, settlements.pending());
    }
}
