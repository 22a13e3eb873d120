package dev.tollgate.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecentlyUsedTest {

    private final RecentlyUsed<Integer> map = new RecentlyUsed<>(3);

    @Test
    void forgetsWhatWasNotUsedForLongest() {
        map.put("a", 1);
        map.put("b", 2);
        map.put("c", 3);
        map.get("a");
        map.put("d", 4);
        assertEquals(Optional.empty(), map.get("b"));
        assertEquals(Optional.of(1), map.get("a"));
        assertEquals(3, map.size());
    }

    @Test
    void junkNeverKeepsARealKeyOut() {
        for (int i = 0; i < 10_000; i++) {
            map.put("junk" + i, i);
        }
        map.put("real", 1);
        assertEquals(Optional.of(1), map.get("real"));
        assertEquals(3, map.size());
    }
}
