package dev.tollgate.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Upstreams;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GuardedLedgerTest {

    private static final Hold HOLD = new Hold("a", "acme", Duration.ofSeconds(1), List.of());
    private static final AdmitReply ADMITTED = new AdmitReply.Admitted(List.of(), List.of());

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void stop() {
        Upstreams.await(vertx.close());
    }

    /** A ledger whose admit is this, and that does nothing else. */
    private record Admits(BiFunction<Hold, Runnable, Future<AdmitReply>> admit) implements Ledger {
        @Override
        public Future<AdmitReply> admit(Hold hold, Runnable written) {
            return admit.apply(hold, written);
        }

        @Override
        public Future<SettleReply> settle(Hold hold) {
            return Future.failedFuture(new LedgerException(LedgerFault.CONNECTION, "none"));
        }

        @Override
        public Future<SettleReply> release(Hold hold) {
            return Future.succeededFuture(SettleReply.RELEASED);
        }

        @Override
        public Future<Boolean> extend(Hold hold) {
            return Future.succeededFuture(true);
        }

        @Override
        public Future<List<Balance>> peek(String tenant, List<Bucket> buckets) {
            return Future.succeededFuture(List.of());
        }

        @Override
        public Future<Boolean> mark(String tenant, Bucket.Budget budget, int threshold) {
            return Future.succeededFuture(true);
        }

        @Override
        public Future<SpendPage> spend(Optional<String> tenant, String cursor, int limit) {
            return Future.succeededFuture(new SpendPage(List.of(), "", 0));
        }

        @Override
        public void abandon(Hold hold) {}
    }

    private GuardedLedger guard(long deadline, BiFunction<Hold, Runnable, Future<AdmitReply>> admit) {
        return new GuardedLedger(vertx, new Admits(admit), Duration.ofMillis(deadline));
    }

    private static LedgerFault fault(Future<?> future) {
        try {
            future.toCompletionStage().toCompletableFuture().join();
            throw new AssertionError("expected a failure");
        } catch (CompletionException e) {
            return assertInstanceOf(LedgerException.class, e.getCause()).fault();
        }
    }

    @Test
    void theDeadlineCountsFromWhenTheRequestWasWritten() {
        AtomicLong writtenAt = new AtomicLong();
        GuardedLedger guard = guard(50, (hold, written) -> {
            vertx.setTimer(300, t -> {
                writtenAt.set(System.nanoTime());
                written.run();
            });
            return Promise.<AdmitReply>promise().future();
        });
        assertEquals(LedgerFault.TIMEOUT, fault(guard.admit(HOLD)));
        assertTrue(System.nanoTime() - writtenAt.get() >= 50_000_000L);
    }

    @Test
    void aReplyThatArrivedWhileTheEventLoopWasBusyIsNotLate() {
        Context loop = vertx.getOrCreateContext();
        GuardedLedger guard = guard(20, (hold, written) -> {
            Promise<AdmitReply> reply = Promise.promise();
            loop.runOnContext(v -> {
                written.run();
                // The reply is in the socket within 5 ms; the loop is busy for 100 ms and runs its timers first.
                vertx.<Void>executeBlocking(() -> {
                            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
                            return null;
                        })
                        .onComplete(r -> reply.complete(ADMITTED));
                long until = System.nanoTime() + 100_000_000;
                while (System.nanoTime() < until) {
                    Thread.onSpinWait();
                }
            });
            return reply.future();
        });
        assertSame(ADMITTED, Upstreams.await(guard.admit(HOLD)));
    }

    @Test
    void itOpensAfterFiveDeadlinesInARowAndNotAfterFourAndAnAnswer() {
        AtomicInteger asked = new AtomicInteger();
        GuardedLedger guard = guard(5, (hold, written) -> {
            written.run();
            return asked.incrementAndGet() == 5
                    ? Future.succeededFuture(ADMITTED)
                    : Promise.<AdmitReply>promise().future();
        });
        for (int i = 0; i < 4; i++) {
            assertEquals(LedgerFault.TIMEOUT, fault(guard.admit(HOLD)));
        }
        Upstreams.await(guard.admit(HOLD));
        for (int i = 0; i < 5; i++) {
            assertEquals("closed", guard.mode());
            assertEquals(LedgerFault.TIMEOUT, fault(guard.admit(HOLD)));
        }
        assertEquals("open", guard.mode());
        int before = asked.get();
        assertEquals(LedgerFault.OPEN_CIRCUIT, fault(guard.admit(HOLD)));
        assertEquals(before, asked.get(), "it was not asked");
    }

    @Test
    void aLostConnectionOpensItAndAProbeThatIsAnsweredClosesIt() {
        GuardedLedger guard = guard(50, (hold, written) -> Future.succeededFuture(ADMITTED));
        assertEquals(LedgerFault.CONNECTION, fault(guard.settle(HOLD)));
        assertEquals("open", guard.mode());
        assertEquals(LedgerFault.OPEN_CIRCUIT, fault(guard.admit(HOLD)));
        Ports.await("a probe", () -> guard.admit(HOLD).succeeded());
        assertEquals("closed", guard.mode());
    }

    @Test
    void errorsOfTheServerAndOfTheOperationDoNotOpenIt() {
        for (LedgerFault fault : List.of(LedgerFault.SERVER, LedgerFault.BAD_ARGUMENT, LedgerFault.OVERLOAD)) {
            GuardedLedger guard = guard(50, (hold, written) -> Future.failedFuture(new LedgerException(fault, "no")));
            for (int i = 0; i < 20; i++) {
                assertEquals(fault, fault(guard.admit(HOLD)));
            }
            assertEquals("closed", guard.mode());
        }
    }

    @Test
    void repliesArriveOnTheCallersContext() {
        Promise<AdmitReply> reply = Promise.promise();
        GuardedLedger guard = guard(5000, (hold, written) -> reply.future());
        Context caller = vertx.getOrCreateContext();
        AtomicReference<Context> seen = new AtomicReference<>();
        caller.runOnContext(v -> guard.admit(HOLD).onComplete(r -> seen.set(Vertx.currentContext())));
        vertx.setTimer(20, t -> new Thread(() -> reply.complete(ADMITTED)).start());
        Ports.await("the reply", () -> seen.get() != null);
        assertSame(caller, seen.get());
    }
}
