package dev.tollgate.ledger.local;

import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.BucketKey;
import dev.tollgate.ledger.Meter;
import dev.tollgate.ledger.Spend;
import dev.tollgate.ledger.SpendPage;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** What was settled, by tenant, model, cost center and day (UTC). Kept for 35 days after the last call. */
final class SpendBook {

    private static final int KEPT_DAYS = 35;

    // By encoded names, so that pages have the order that they have in Redis.
    private final NavigableMap<String, Tenant> tenants = new TreeMap<>();
    private LocalDate swept = LocalDate.MIN;

    private record Name(String model, String costCenter) implements Comparable<Name> {
        static final Name OTHER = new Name(Meter.OTHER, Meter.OTHER);

        @Override
        public int compareTo(Name other) {
            int byModel = model.compareTo(other.model);
            return byModel != 0 ? byModel : costCenter.compareTo(other.costCenter);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Name name && compareTo(name) == 0;
        }

        @Override
        public int hashCode() {
            return 31 * model.hashCode() + costCenter.hashCode();
        }
    }

    private static final class Tenant {
        final String name;
        final NavigableMap<Name, Cell> cells = new TreeMap<>();
        LocalDate day = LocalDate.MIN;
        int begun;

        Tenant(String name) {
            this.name = name;
        }
    }

    /** Micro-USD, calls and tokens of a day and of its month. */
    private static final class Cell {
        LocalDate day;
        final long[] ofDay = new long[3];
        final long[] ofMonth = new long[3];

        Cell(LocalDate day) {
            this.day = day;
        }
    }

    void add(String tenant, Meter used, long nowMillis) {
        LocalDate today = day(nowMillis);
        sweep(today);
        Tenant of = tenants.computeIfAbsent(BucketKey.encode(tenant), k -> new Tenant(tenant));
        Name name = new Name(used.model(), used.costCenter());
        if (!of.cells.containsKey(name)) {
            name = begin(of, name, today);
        }
        Cell cell = of.cells.computeIfAbsent(name, k -> new Cell(today));
        turn(cell, today);
        long[] amounts = {used.microUsd(), 1, used.tokens()};
        for (int i = 0; i < amounts.length; i++) {
            cell.ofDay[i] = Math.min(Bucket.MAX_AMOUNT, cell.ofDay[i] + amounts[i]);
            cell.ofMonth[i] = Math.min(Bucket.MAX_AMOUNT, cell.ofMonth[i] + amounts[i]);
        }
    }

    private static Name begin(Tenant of, Name name, LocalDate today) {
        if (of.day.isBefore(today)) {
            of.day = today;
            of.begun = 0;
        }
        if (name.equals(Name.OTHER) || of.begun >= Meter.MAX_NAMES) {
            return Name.OTHER;
        }
        of.begun++;
        return name;
    }

    private static void turn(Cell cell, LocalDate today) {
        if (!cell.day.isBefore(today)) {
            return;
        }
        if (month(cell.day) < month(today)) {
            Arrays.fill(cell.ofMonth, 0);
        }
        Arrays.fill(cell.ofDay, 0);
        cell.day = today;
    }

    private void sweep(LocalDate today) {
        if (!swept.isBefore(today)) {
            return;
        }
        swept = today;
        tenants.values().removeIf(tenant -> {
            tenant.cells.values().removeIf(cell -> cell.day.isBefore(today.minusDays(KEPT_DAYS)));
            return tenant.cells.isEmpty();
        });
    }

    SpendPage page(Optional<String> tenant, String cursor, int limit, long nowMillis) {
        LocalDate today = day(nowMillis);
        List<Spend> rows = new ArrayList<>();
        Optional<String> key = tenant.map(BucketKey::encode);
        Map<String, Tenant> asked =
                key.isPresent() ? tenants.subMap(key.get(), true, key.get(), true) : tenants.tailMap(cursor, false);
        int count = 0;
        for (Map.Entry<String, Tenant> one : asked.entrySet()) {
            one.getValue().cells.forEach((name, cell) -> row(one.getValue().name, name, cell, today)
                    .ifPresent(rows::add));
            count++;
            if (tenant.isEmpty() && (rows.size() >= limit || count >= limit)) {
                return new SpendPage(rows, one.getKey(), nowMillis);
            }
        }
        return new SpendPage(rows, "", nowMillis);
    }

    private static Optional<Spend> row(String tenant, Name name, Cell cell, LocalDate today) {
        if (month(cell.day) < month(today)) {
            return Optional.empty();
        }
        long[] ofDay = cell.day.isBefore(today) ? new long[3] : cell.ofDay;
        return Optional.of(new Spend(
                tenant,
                name.model,
                name.costCenter,
                ofDay[0],
                cell.ofMonth[0],
                ofDay[1],
                cell.ofMonth[1],
                ofDay[2],
                cell.ofMonth[2]));
    }

    private static long month(LocalDate day) {
        return day.getYear() * 12L + day.getMonthValue();
    }

    private static LocalDate day(long millis) {
        return LocalDate.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC);
    }
}
