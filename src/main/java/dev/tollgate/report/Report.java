package dev.tollgate.report;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * What a run found.
 *
 * @param rows sorted by key, or as the command requests
 * @param unpriced calls of models that the price book lacks, by model
 * @param rolledUp keys that were rolled up to stay within the bound of groups
 */
public record Report(
        ReportQuery query,
        Instant generatedAt,
        List<Row> rows,
        Totals total,
        long unreadableLines,
        long duplicateCalls,
        SortedMap<String, Long> unpriced,
        List<String> rolledUp) {

    public Report {
        rows = List.copyOf(rows);
        rolledUp = List.copyOf(rolledUp);
    }

    /** The dearest rows, falling; the total stays that of all. */
    public Report top(int limit) {
        List<Row> dearest = rows.stream()
                .sorted(Comparator.comparingLong((Row r) -> r.sums().microUsd())
                        .reversed()
                        .thenComparing(Row::key))
                .limit(limit)
                .toList();
        return new Report(query, generatedAt, dearest, total, unreadableLines, duplicateCalls, unpriced, rolledUp);
    }

    /** A group. */
    public record Row(GroupKey key, Totals sums) {
        static Row of(Map.Entry<GroupKey, Totals> entry) {
            return new Row(entry.getKey(), entry.getValue());
        }
    }
}
