package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.BucketKey;
import dev.tollgate.ledger.Meter;
import dev.tollgate.ledger.Spend;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One tenant's spend, obviously right: every day of every name, added up when somebody asks. */
final class SpendOracle {

    private final Map<String, TreeMap<LocalDate, long[]>> days = new TreeMap<>();
    private final Map<String, LocalDate> trimmed = new HashMap<>();
    private LocalDate begunOn = LocalDate.MIN;
    private int begun;

    static LocalDate day(long millis) {
        return Instant.ofEpochMilli(millis).atZone(ZoneOffset.UTC).toLocalDate();
    }

    void add(Meter used, long now) {
        String name = BucketKey.encode(used.model()) + "/" + BucketKey.encode(used.costCenter());
        LocalDate today = day(now);
        if (!days.containsKey(name)) {
            if (today.isAfter(begunOn)) {
                begunOn = today;
                begun = 0;
            }
            if (name.equals("_other/_other") || begun == 64) {
                name = "_other/_other";
            } else {
                begun++;
            }
        }
        TreeMap<LocalDate, long[]> of = days.computeIfAbsent(name, n -> new TreeMap<>());
        if (!of.isEmpty() && of.lastKey().isAfter(today)) {
            today = of.lastKey();
        }
        if (!of.isEmpty() && of.lastKey().isBefore(today)) {
            trimmed.put(name, today.minusDays(35));
        }
        long[] amounts = of.computeIfAbsent(today, d -> new long[3]);
        amounts[0] = Math.min(Bucket.MAX_AMOUNT, amounts[0] + used.microUsd());
        amounts[1]++;
        amounts[2] = Math.min(Bucket.MAX_AMOUNT, amounts[2] + used.tokens());
    }

    private static long[] sum(Map<LocalDate, long[]> days) {
        long[] sum = new long[3];
        days.values().forEach(day -> {
            for (int i = 0; i < 3; i++) {
                sum[i] = Math.min(Bucket.MAX_AMOUNT, sum[i] + day[i]);
            }
        });
        return sum;
    }

    /** Each name's last day and its month, then the days before that are kept. */
    Map<String, String> stored() {
        Map<String, String> out = new TreeMap<>();
        days.forEach((name, of) -> {
            LocalDate last = of.lastKey();
            long[] day = of.get(last);
            long[] month = sum(of.tailMap(last.withDayOfMonth(1)));
            StringBuilder before = new StringBuilder();
            of.headMap(last).forEach((date, amounts) -> {
                boolean newest = date.equals(of.lowerKey(last));
                if (newest || !date.isBefore(trimmed.getOrDefault(name, LocalDate.MIN))) {
                    before.append(' ').append(date).append('=').append(text(amounts));
                }
            });
            out.put(name, last + " " + YearMonth.from(last) + " " + text(day) + " " + text(month) + before);
        });
        return out;
    }

    static String text(long... amounts) {
        return amounts[0] + "," + amounts[1] + "," + amounts[2];
    }

    /** What was begun today stays counted, whether or not it was swept since. */
    String header() {
        return begunOn + " " + begun;
    }

    /** True if nothing of a name is of the last 35 days. */
    boolean over(String name, long now) {
        TreeMap<LocalDate, long[]> of = days.get(name);
        return of != null && of.lastKey().isBefore(day(now).minusDays(35));
    }

    void remove(String name) {
        days.remove(name);
    }

    List<String> names() {
        return List.copyOf(days.keySet());
    }

    List<Spend> rows(String tenant, long now) {
        List<Spend> rows = new ArrayList<>();
        LocalDate today = day(now);
        days.forEach((name, of) -> {
            LocalDate last = of.lastKey();
            if (!YearMonth.from(last).isBefore(YearMonth.from(today))) {
                long[] day = last.isBefore(today) ? new long[3] : of.get(last);
                long[] month = sum(of.tailMap(last.withDayOfMonth(1)));
                String[] parts = name.split("/");
                rows.add(new Spend(
                        tenant,
                        BucketKey.decode(parts[0]),
                        BucketKey.decode(parts[1]),
                        day[0],
                        month[0],
                        day[1],
                        month[1],
                        day[2],
                        month[2]));
            }
        });
        rows.sort(java.util.Comparator.comparing(Spend::model).thenComparing(Spend::costCenter));
        return rows;
    }
}
