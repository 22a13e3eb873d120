package dev.tollgate.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Groups are bounded and their totals exact. */
class GroupsTest {

    private static final List<String> KEYS = List.of("day", "tenant", "model", "user");

    private static void call(Groups groups, String... values) {
        CallRecord call = new CallRecord(0);
        call.input = 3;
        call.output = 2;
        call.latencyMillis = 5;
        groups.at(new GroupKey(values)).add(call, new long[] {1, 0, 0, 0, 0}, "m");
    }

    private static CallRecord latency(long millis) {
        CallRecord call = new CallRecord(0);
        call.latencyMillis = millis;
        return call;
    }

    @Test
    void callsOfOneGroupAddUp() {
        Groups groups = new Groups(KEYS, 0);
        call(groups, "2026-11-03", "acme", "nova", "u");
        call(groups, "2026-11-03", "acme", "nova", "u");
        call(groups, "2026-11-04", "acme", "nova", "u");
        assertEquals(2, groups.sums().size());
        assertEquals(2, groups.at(new GroupKey(new String[] {"2026-11-03", "acme", "nova", "u"})).calls);
        assertEquals(3, groups.total().calls);
    }

    @Test
    void withoutABoundNothingIsRolledUp() {
        Groups groups = new Groups(KEYS, 0);
        for (int i = 0; i < 10_000; i++) {
            call(groups, "2026-11-03", "t" + i, "nova", "u");
        }
        assertEquals(10_000, groups.sums().size());
        assertEquals(List.of(), groups.rolledUp());
    }

    @Test
    void freeKeysAreRolledUpFirst() {
        Groups groups = new Groups(KEYS, 10);
        for (int i = 0; i < 100; i++) {
            call(groups, "2026-11-03", "acme", "nova", "u" + i);
        }
        assertEquals(List.of("user"), groups.rolledUp());
        assertEquals(1, groups.sums().size());
        assertEquals(Groups.ROLLED_UP, groups.sums().keySet().iterator().next().values()[3]);
    }

    @Test
    void thenDaysBecomeMonths() {
        Groups groups = new Groups(KEYS, 10);
        for (int i = 10; i < 30; i++) {
            call(groups, "2026-11-" + i, "acme", "nova", "u" + i);
        }
        assertEquals(List.of("user", "day"), groups.rolledUp());
        assertEquals("2026-11", groups.sums().keySet().iterator().next().values()[0]);
    }

    @Test
    void tenantAndTimeStayLongest() {
        Groups groups = new Groups(KEYS, 4);
        Random random = new Random(51);
        for (int i = 0; i < 500; i++) {
            call(
                    groups,
                    "2026-1" + random.nextInt(3) + "-11",
                    "t" + random.nextInt(50),
                    "m" + random.nextInt(9),
                    "u" + i);
        }
        assertEquals("user", groups.rolledUp().get(0));
        assertTrue(
                groups.rolledUp().indexOf("model") < groups.rolledUp().indexOf("tenant"),
                groups.rolledUp().toString());
        assertTrue(groups.sums().size() <= 4);
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "7", "50", "100000"})
    void theTotalsStayTheSameWhateverIsRolledUp(int max) {
        Random random = new Random(52);
        Groups bounded = new Groups(KEYS, max);
        Groups free = new Groups(KEYS, 0);
        for (int i = 0; i < 3_000; i++) {
            String[] values = {
                "2026-0" + (1 + random.nextInt(9)) + "-1" + random.nextInt(9),
                "t" + random.nextInt(20),
                "m" + random.nextInt(5),
                "u" + random.nextInt(30)
            };
            call(bounded, values);
            call(free, values);
        }
        assertTrue(bounded.sums().size() <= max, bounded.sums().size() + " groups");
        assertEquals(free.total().calls, bounded.total().calls);
        assertEquals(free.total().tokens(), bounded.total().tokens());
        assertEquals(free.total().microUsd(), bounded.total().microUsd());
    }

    @Test
    void groupsOfSeveralThreadsAreWhatOneWouldHaveMade() {
        Random random = new Random(53);
        Groups one = new Groups(KEYS, 0);
        Groups first = new Groups(KEYS, 0);
        Groups second = new Groups(KEYS, 0);
        for (int i = 0; i < 2_000; i++) {
            String[] values = {"2026-11-11", "t" + random.nextInt(20), "m" + random.nextInt(5), "u"};
            call(one, values);
            call(random.nextBoolean() ? first : second, values);
        }
        first.add(second);
        assertEquals(one.sums().keySet(), first.sums().keySet());
        one.sums()
                .forEach(
                        (key, totals) -> assertEquals(totals.calls, first.sums().get(key).calls));
    }

    @Test
    void whatOneThreadRolledUpTheOtherRollsUpToo() {
        Groups first = new Groups(KEYS, 10);
        Groups second = new Groups(KEYS, 10);
        for (int i = 0; i < 50; i++) {
            call(first, "2026-11-11", "acme", "nova", "u" + i);
        }
        call(second, "2026-11-11", "acme", "nova", "x");
        second.add(first);
        assertEquals(List.of("user"), second.rolledUp());
        assertEquals(1, second.sums().size());
        assertEquals(51, second.total().calls);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "250, 0", "251, 1", "500, 1", "1000, 2", "60000, 7", "60001, 8", "9000000, 8"})
    void aLatencyIsInTheBucketWhoseBoundItDoesNotPass(long millis, int bucket) {
        Totals totals = new Totals();
        totals.add(latency(millis), new long[CallCost.PARTS], "m");
        assertEquals(1, totals.latency[bucket]);
        assertEquals(1, totals.timed());
        assertEquals(millis, totals.latencyMillis);
    }

    @Test
    void aCallWithoutALatencyIsNotTimed() {
        Totals totals = new Totals();
        totals.add(latency(-1), new long[CallCost.PARTS], "m");
        assertEquals(0, totals.timed());
        assertEquals(1, totals.calls);
    }

    @Test
    void atMostFiftyModelsAreNamed() {
        Totals totals = new Totals();
        for (int i = 0; i < 200; i++) {
            totals.add(latency(1), new long[CallCost.PARTS], "m" + i);
        }
        assertEquals(50, totals.models.size());
        assertEquals(200, totals.calls);
    }
}
