package dev.tollgate.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecentCallsTest {

    private final RecentCalls recent = new RecentCalls();

    private void add(int number) {
        recent.add(new RecentCall(
                Instant.EPOCH, String.valueOf(number), "acme", "nova", "completed", Optional.empty(), number));
    }

    private List<Long> kept() {
        return recent.newestFirst().stream().map(RecentCall::costMicroUsd).toList();
    }

    @Test
    void theNewestComesFirst() {
        assertEquals(List.of(), kept());
        add(1);
        add(2);
        assertEquals(List.of(2L, 1L), kept());
    }

    @Test
    void fiftyAreKept() {
        IntStream.range(0, 1234).forEach(this::add);
        assertEquals(IntStream.range(0, 50).mapToObj(i -> 1233L - i).toList(), kept());
    }
}
