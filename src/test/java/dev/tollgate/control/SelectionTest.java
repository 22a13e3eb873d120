package dev.tollgate.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.admission.LimitStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelectionTest {

    static LimitStatus limit(String name, String tenant, long used, long limit) {
        return new LimitStatus(
                name,
                name,
                tenant,
                tenant,
                Optional.empty(),
                "budget",
                Optional.of("day"),
                Optional.empty(),
                "usd",
                true,
                used,
                0,
                limit,
                Math.max(0, limit - used),
                0,
                86_400_000,
                List.of());
    }

    private static SpendRow spend(String tenant, String model, long month) {
        return new SpendRow(new SpendRow.Key(tenant, model), 0, month, 0, 1);
    }

    private static List<LimitStatus> limits(int tenants, String... names) {
        List<LimitStatus> limits = new ArrayList<>();
        for (int i = 0; i < tenants; i++) {
            for (String name : names) {
                limits.add(limit(name, "tenant-" + i, i % 100, 100));
            }
        }
        limits.sort(Selection.LIMITS);
        return limits;
    }

    private static List<SpendRow> spend(int tenants, String... models) {
        return IntStream.range(0, tenants)
                .boxed()
                .flatMap(i -> List.of(models).stream().map(m -> spend("tenant-" + i, m, i)))
                .sorted((a, b) -> a.key().compareTo(b.key()))
                .toList();
    }

    private static void walk(List<LimitStatus> limits, List<SpendRow> spend) {
        List<LimitStatus> seenLimits = new ArrayList<>();
        List<SpendRow> seenSpend = new ArrayList<>();
        String last = "";
        String cursor = "";
        int pages = 0;
        do {
            Selection page = Selection.page(limits, spend, cursor);
            int rows = page.limits().size() + page.spend().size();
            assertTrue(rows <= Selection.PAGE, "bounded: " + rows);
            for (LimitStatus limit : page.limits()) {
                assertTrue(limit.owner().compareTo(last) >= 0, "whole tenants in their order");
            }
            last = page.limits().isEmpty() ? last : page.limits().get(0).owner();
            seenLimits.addAll(page.limits());
            seenSpend.addAll(page.spend());
            cursor = page.next().orElse("");
            pages++;
        } while (!cursor.isEmpty() && pages < 1000);
        assertEquals(limits, seenLimits);
        assertEquals(spend, seenSpend);
        assertEquals(Math.max(1, (limits.size() + spend.size() + Selection.PAGE - 1) / Selection.PAGE), pages);
    }

    @Test
    void pagesHaveEachRowOnce() {
        walk(List.of(), List.of());
        walk(limits(10, "day", "month"), spend(10, "nova"));
        walk(limits(10_000, "day", "month"), spend(10_000, "nova", "claude"));
        walk(limits(250, "day"), spend(250, "nova"));
        walk(List.of(), spend(3000, "nova"));
        walk(limits(1, IntStream.range(0, 1200).mapToObj(i -> "limit-" + i).toArray(String[]::new)), List.of());
    }

    @Test
    void namesOfAllKindsCanStandInACursor() {
        Random random = new Random(14);
        List<LimitStatus> limits = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            StringBuilder name = new StringBuilder();
            for (int c = 0; c < 1 + random.nextInt(4); c++) {
                // Halves of surrogate pairs too.
                name.append((char) (1 + random.nextInt(0xFFFF)));
            }
            limits.add(limit("l" + i, name.toString(), 1, 2));
        }
        limits.sort(Selection.LIMITS);
        walk(limits, List.of());
    }

    @Test
    void rowsThatComeAndGoBetweenPagesNeitherRepeatNorHideOthers() {
        List<LimitStatus> before = limits(1000, "day");
        Selection first = Selection.page(before, List.of(), "");
        List<LimitStatus> after = new ArrayList<>(before);
        after.remove(first.limits().get(first.limits().size() - 1));
        after.add(limit("day", "tenant-000", 1, 2));
        after.sort(Selection.LIMITS);
        Selection second = Selection.page(after, List.of(), first.next().orElseThrow());
        assertEquals(before.subList(500, 1000), second.limits());
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "!", "AAAA", "YWJj", "=", "AGEAYgBj", "../..", "tenant-1"})
    void whatIsNoCursorIsRefused(String cursor) {
        assertThrows(IllegalArgumentException.class, () -> Selection.page(List.of(), List.of(), cursor));
    }

    @Test
    void anEndlessCursorIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Selection.page(List.of(), List.of(), "A".repeat(1_000_000)));
    }

    @Test
    void anEventHasTheFullestLimitsAndTheGreatestSpend() {
        List<LimitStatus> limits = limits(10_000, "day");
        List<SpendRow> spend = spend(10_000, "nova");
        Selection most = Selection.most(limits, spend);
        assertEquals(Selection.EVENT, most.limits().size());
        assertTrue(most.limits().stream().allMatch(l -> l.used() >= 80), "the fullest");
        assertTrue(most.spend().stream().allMatch(s -> s.monthMicroUsd() >= 8000), "the greatest");
        assertEquals(most.limits().stream().sorted(Selection.LIMITS).toList(), most.limits(), "in their order");
        String all = most.next().orElseThrow();
        assertEquals(
                Selection.page(limits, spend, "").limits(),
                Selection.page(limits, spend, all).limits());
        assertEquals(
                Optional.empty(),
                Selection.most(limits.subList(0, 10), spend.subList(0, 10)).next());
    }
}
