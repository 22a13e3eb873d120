package dev.tollgate.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PolledTest {

    private static final long MILLI = 1_000_000;

    private final Deque<Promise<String>> asked = new ArrayDeque<>();
    private long now;
    private final Polled<String> polled = new Polled<>(
            () -> {
                asked.add(Promise.promise());
                return asked.getLast().future();
            },
            () -> now);

    @Test
    void whoComesMeanwhileSharesTheQuestion() {
        Future<Void> first = polled.refresh();
        Future<Void> second = polled.refresh();
        assertEquals(1, asked.size());
        assertFalse(first.isComplete() || second.isComplete());
        asked.getLast().complete("a");
        assertTrue(first.succeeded() && second.succeeded());
        assertEquals(Optional.of("a"), polled.last());
    }

    @Test
    void aQuestionThatTookTimeIsAskedAgainTwentyTimesLater() {
        polled.refresh();
        now += 10 * MILLI;
        asked.getLast().complete("a");
        now += 199 * MILLI;
        assertTrue(polled.refresh().succeeded());
        assertEquals(1, asked.size(), "too early");
        now += MILLI;
        polled.refresh();
        assertEquals(2, asked.size());
    }

    @Test
    void anAnswerThatTookNoTimeIsAlwaysFresh() {
        polled.refresh();
        asked.getLast().complete("a");
        polled.refresh();
        assertEquals(2, asked.size());
    }

    @Test
    void aFailureKeepsTheLastValueAndFailsNobody() {
        polled.refresh();
        asked.getLast().complete("a");
        Future<Void> second = polled.refresh();
        asked.getLast().fail("the ledger is away");
        assertTrue(second.succeeded());
        assertSame("a", polled.last().orElseThrow());
        polled.refresh();
        assertEquals(3, asked.size());
    }
}
