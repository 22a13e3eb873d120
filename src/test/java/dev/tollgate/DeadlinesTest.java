package dev.tollgate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DeadlinesTest {

    private final Vertx vertx = Vertx.vertx();
    private final LinkedBlockingQueue<Long> missed = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        vertx.close();
    }

    private static Deadlines.Deadline started(Deadlines deadlines, Runnable action) {
        Deadlines.Deadline deadline = deadlines.of(action);
        deadline.start();
        return deadline;
    }

    private void miss() {
        missed.add(System.nanoTime());
    }

    @Test
    void isMissedOnceAfterItsLengthAndNotBefore() throws Exception {
        Deadlines deadlines = new Deadlines(vertx, Duration.ofMillis(60));
        long start = System.nanoTime();
        Deadlines.Deadline deadline = started(deadlines, this::miss);
        Long at = missed.poll(5, TimeUnit.SECONDS);
        assertTrue(at - start >= 60_000_000, () -> "missed after " + (at - start) + " ns");
        assertFalse(deadline.met());
        deadline.start();
        assertEquals(null, missed.poll(200, TimeUnit.MILLISECONDS), "missed twice");
    }

    @Test
    void oneThatIsMetIsNotMissedAndCannotStartAgain() throws Exception {
        Deadlines deadlines = new Deadlines(vertx, Duration.ofMillis(30));
        Deadlines.Deadline met = started(deadlines, this::miss);
        assertTrue(met.met());
        met.start();
        assertTrue(met.met());
        assertEquals(null, missed.poll(200, TimeUnit.MILLISECONDS));
    }

    @Test
    void oneThatWasNeverStartedIsNotMissed() throws Exception {
        Deadlines deadlines = new Deadlines(vertx, Duration.ofMillis(20));
        Deadlines.Deadline idle = deadlines.of(this::miss);
        started(deadlines, this::miss);
        assertTrue(missed.poll(5, TimeUnit.SECONDS) != null);
        assertEquals(null, missed.poll(100, TimeUnit.MILLISECONDS));
        assertTrue(idle.met());
    }

    @Test
    void anotherStartCountsFromThen() throws Exception {
        Deadlines deadlines = new Deadlines(vertx, Duration.ofMillis(300));
        Deadlines.Deadline moving = started(deadlines, this::miss);
        AtomicInteger others = new AtomicInteger();
        started(deadlines, others::incrementAndGet);
        for (int i = 0; i < 10; i++) {
            Thread.sleep(50);
            moving.start();
        }
        long last = System.nanoTime();
        assertEquals(1, others.get(), "the other was not missed in time");
        Long at = missed.poll(5, TimeUnit.SECONDS);
        assertTrue(at - last >= 290_000_000, () -> "missed " + (at - last) + " ns after the last start");
    }

    @Test
    void theNextIsWatchedWhenNoneRanForAWhile() throws Exception {
        Deadlines deadlines = new Deadlines(vertx, Duration.ofMillis(30));
        started(deadlines, this::miss).met();
        Thread.sleep(150);
        started(deadlines, this::miss);
        assertTrue(missed.poll(5, TimeUnit.SECONDS) != null);
    }

    @Test
    void isMissedOnTheContextThatStartedIt() throws Exception {
        Deadlines deadlines = new Deadlines(vertx, Duration.ofMillis(20));
        for (int i = 0; i < 4; i++) {
            Context own = vertx.getOrCreateContext();
            LinkedBlockingQueue<Context> seen = new LinkedBlockingQueue<>();
            own.runOnContext(v -> started(deadlines, () -> seen.add(Vertx.currentContext())));
            assertSame(own, seen.poll(5, TimeUnit.SECONDS));
        }
    }

    @Test
    void ofManyThreadsEachIsMissedOrMet() throws Exception {
        Deadlines deadlines = new Deadlines(vertx, Duration.ofMillis(25));
        AtomicInteger misses = new AtomicInteger();
        AtomicInteger kept = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        List<Deadlines.Deadline> left = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch go = new CountDownLatch(1);
        for (int n = 0; n < 4; n++) {
            Thread thread = new Thread(() -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    return;
                }
                for (int i = 0; i < 20_000; i++) {
                    Deadlines.Deadline deadline = started(deadlines, misses::incrementAndGet);
                    if (i % 10 == 0) {
                        left.add(deadline);
                    } else {
                        kept.addAndGet(deadline.met() ? 1 : 0);
                    }
                }
            });
            thread.start();
            threads.add(thread);
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        long until = System.nanoTime() + 5_000_000_000L;
        while (misses.get() + kept.get() < 80_000 && System.nanoTime() < until) {
            Thread.sleep(10);
        }
        assertEquals(80_000, misses.get() + kept.get());
        assertEquals(8_000, left.size());
        assertTrue(left.stream().noneMatch(Deadlines.Deadline::met));
    }
}
