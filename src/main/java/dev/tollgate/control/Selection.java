package dev.tollgate.control;

import dev.tollgate.admission.LimitStatus;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The rows of one answer: bounded, tenant by tenant.
 *
 * @param next where the next page begins; empty if this is the last
 */
record Selection(List<LimitStatus> limits, List<SpendRow> spend, Optional<String> next) {

    /** The order of limits. */
    static final Comparator<LimitStatus> LIMITS = Comparator.comparing(LimitStatus::owner)
            .thenComparing(LimitStatus::name)
            .thenComparing(LimitStatus::bucket)
            .thenComparing(LimitStatus::tenant);

    /** Rows of a page. */
    static final int PAGE = 500;

    /** Rows of each kind in an event. */
    static final int EVENT = 2000;

    private static final int MAX_CURSOR = 4096;
    // Base64 of whole bytes: a single character of it is less than one.
    private static final Pattern CURSOR = Pattern.compile("(?:[\\w-]{4})*(?:[\\w-]{2,3})?");
    private static final char BETWEEN = '\0';

    /** Where a row is among all rows: by tenant, limits before spend, then each in its own order. */
    private record Position(String tenant, String kind, String rest) implements Comparable<Position> {
        private static final Position START = new Position("", "", "");
        private static final Comparator<Position> ORDER = Comparator.comparing(Position::tenant)
                .thenComparing(Position::kind)
                .thenComparing(Position::rest);

        static Position of(LimitStatus limit) {
            return new Position(limit.owner(), "l", limit.name() + BETWEEN + limit.bucket() + BETWEEN + limit.tenant());
        }

        static Position of(SpendRow row) {
            return new Position(row.tenant(), "s", row.model());
        }

        @Override
        public int compareTo(Position other) {
            return ORDER.compare(this, other);
        }

        /** Every char in two bytes: a name that is no valid Unicode comes back as it was. */
        String cursor() {
            String text = tenant + BETWEEN + kind + BETWEEN + rest;
            ByteBuffer bytes = ByteBuffer.allocate(2 * text.length());
            bytes.asCharBuffer().put(text);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
        }

        static Position parse(String cursor) {
            if (cursor.length() <= MAX_CURSOR && CURSOR.matcher(cursor).matches()) {
                ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(cursor));
                String[] parts = bytes.asCharBuffer().toString().split(String.valueOf(BETWEEN), 3);
                if (parts.length == 3) {
                    return new Position(parts[0], parts[1], parts[2]);
                }
            }
            throw new IllegalArgumentException("expected a cursor as nextCursor has it, found another text");
        }
    }

    /**
     * A page, after the position that a cursor names.
     *
     * @param cursor of the page before; empty for the first
     * @throws IllegalArgumentException if it is no cursor; the message says so
     */
    static Selection page(List<LimitStatus> limits, List<SpendRow> spend, String cursor) {
        Position after = cursor.isEmpty() ? Position.START : Position.parse(cursor);
        int limit = firstAfter(limits, Position::of, after);
        int row = firstAfter(spend, Position::of, after);
        int firstLimit = limit;
        int firstRow = row;
        Position last = after;
        while (limit - firstLimit + row - firstRow < PAGE && (limit < limits.size() || row < spend.size())) {
            boolean takesLimit = row >= spend.size()
                    || limit < limits.size()
                            && Position.of(limits.get(limit)).compareTo(Position.of(spend.get(row))) < 0;
            last = takesLimit ? Position.of(limits.get(limit++)) : Position.of(spend.get(row++));
        }
        boolean more = limit < limits.size() || row < spend.size();
        return new Selection(
                limits.subList(firstLimit, limit),
                spend.subList(firstRow, row),
                more ? Optional.of(last.cursor()) : Optional.empty());
    }

    /** The fullest limits and the greatest spend, in the order of pages; what is left out can be read by pages. */
    static Selection most(List<LimitStatus> limits, List<SpendRow> spend) {
        boolean more = limits.size() > EVENT || spend.size() > EVENT;
        return new Selection(
                most(limits, Comparator.comparingDouble(Selection::fullness).reversed()),
                most(spend, Comparator.comparingLong(SpendRow::monthMicroUsd).reversed()),
                more ? Optional.of(Position.START.cursor()) : Optional.empty());
    }

    private static <T> List<T> most(List<T> sorted, Comparator<T> greatest) {
        if (sorted.size() <= EVENT) {
            return sorted;
        }
        List<Integer> indexes = new ArrayList<>();
        for (int i = 0; i < sorted.size(); i++) {
            indexes.add(i);
        }
        indexes.sort((a, b) -> greatest.compare(sorted.get(a), sorted.get(b)));
        return indexes.stream().limit(EVENT).sorted().map(sorted::get).toList();
    }

    /** Used and held as part of the limit; budgets before limits that fill again by themselves. */
    private static double fullness(LimitStatus limit) {
        double part = limit.limit() == 0 ? 1 : (double) (limit.used() + limit.held()) / limit.limit();
        return limit.kind().equals("budget") ? 10 + part : Math.min(part, 9);
    }

    private static <T> int firstAfter(List<T> rows, Function<T, Position> position, Position after) {
        int low = 0;
        int high = rows.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (position.apply(rows.get(middle)).compareTo(after) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
