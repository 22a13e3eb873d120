package dev.tollgate.ledger;

import java.util.Optional;

/**
 * Where one limit keeps its count for one tenant (or for all). Amounts are tokens, requests or micro-USD, whatever the
 * limit counts; all are integers from 0 to {@link #MAX_AMOUNT}.
 */
public sealed interface Bucket {

    /** The largest amount the ledger keeps exactly: 2^52. */
    long MAX_AMOUNT = 1L << 52;

    /** The kinds of limits. */
    enum Kind {
        RATE(0),
        BUDGET(1),
        CONCURRENCY(2);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        /** As stored; never changes. */
        public int number() {
            return number;
        }
    }

    /**
     * The four numbers that define a bucket, in the order of the ledger's script.
     *
     * @param a burst of a rate, limit of the others
     * @param b rate, or start of the period
     * @param c period in ms, or end of the period
     * @param d version, or until when the count is kept
     */
    record Terms(long a, long b, long c, long d) {}

    Kind kind();

    /** Name within the ledger, 1 to 512 bytes of UTF-8; it differs for whatever must not share a count. */
    String field();

    /** True if the bucket is not one tenant's own. */
    boolean shared();

    /** False for shadow limits: they count and never deny. */
    boolean enforced();

    /** The most that one call can take. */
    long capacity();

    Terms terms();

    /** What the ledger's two numbers mean: level and ms until full, or used and held. */
    Balance balance(long x, long y);

    /** When all of it is free again, epoch ms; 0 if no time says so. */
    long resetsAtMillis(long nowMillis, Balance balance);

    /** The part that pod {@code rank} of {@code pods} may use without the ledger; the parts add up to the limit. */
    Optional<Bucket> part(PodShare share, long version);

    /** Its key in the ledger for this tenant. */
    default BucketKey key(String tenant) {
        return new BucketKey(shared() ? "" : tenant, field());
    }

    private static void check(String field, boolean holds, String expected, Object found) {
        int length = field.length();
        if (length < 1 || length > 512) {
            throw new IllegalArgumentException("expected a field of 1 to 512 characters, found " + length);
        }
        if (!holds) {
            throw new IllegalArgumentException("expected " + expected + " for " + field + ", found " + found);
        }
    }

    /**
     * Token bucket: admits at most {@code burst + rate * T / period} in any interval T.
     *
     * @param burst most that can be taken at once, and the deepest debt; {@code 2 * burst * periodMillis <= 2^52}
     * @param rate amount added each period
     * @param version grows with each change of the limit, so that an older one cannot flip it back
     */
    record Rate(String field, boolean shared, boolean enforced, long burst, long rate, long periodMillis, long version)
            implements Bucket {
        public Rate {
            boolean holds = burst >= 1
                    && rate >= 1
                    && rate <= MAX_AMOUNT
                    && periodMillis >= 1
                    && burst <= MAX_AMOUNT / 2 / periodMillis
                    && version >= 0;
            check(
                    field,
                    holds,
                    "burst, rate, period >= 1 and 2 * burst * period ms <= 2^52",
                    burst + " " + periodMillis);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Rate o
                    && o.burst == burst
                    && o.rate == rate
                    && o.periodMillis == periodMillis
                    && o.version == version
                    && o.shared == shared
                    && o.enforced == enforced
                    && o.field.equals(field);
        }

        @Override
        public int hashCode() {
            return 31 * field.hashCode() + Long.hashCode(burst);
        }

        @Override
        public Kind kind() {
            return Kind.RATE;
        }

        @Override
        public long capacity() {
            return burst;
        }

        @Override
        public Terms terms() {
            return new Terms(burst, rate, periodMillis, version);
        }

        @Override
        public Balance balance(long x, long y) {
            return new Balance.Rate(x, y);
        }

        @Override
        public long resetsAtMillis(long nowMillis, Balance balance) {
            return nowMillis + balance.fullAfterMillis();
        }

        @Override
        public Optional<Bucket> part(PodShare share, long changed) {
            long most = share.of(burst);
            if (most == 0) {
                return Optional.empty();
            }
            // One n-th of the rate, exactly: the whole rate in n times the period.
            long period = Math.min(periodMillis * share.pods(), MAX_AMOUNT / 2 / most);
            return Optional.of(new Rate(field, shared, enforced, most, rate, period, changed));
        }
    }

    /**
     * Calendar window: {@code used + held + estimate <= limit}.
     *
     * @param startMillis first instant of the period, epoch ms
     * @param endMillis first instant after it
     * @param keepMillis until when the ledger keeps the count for late settlements and reports
     */
    record Budget(
            String field,
            boolean shared,
            boolean enforced,
            long limit,
            long startMillis,
            long endMillis,
            long keepMillis)
            implements Bucket {
        public Budget {
            boolean holds = limit >= 0
                    && limit <= MAX_AMOUNT
                    && startMillis >= 0
                    && startMillis < endMillis
                    && endMillis <= keepMillis;
            check(
                    field,
                    holds,
                    "0 <= limit <= 2^52 and start < end <= keep",
                    limit + " " + startMillis + " " + endMillis);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Budget o
                    && o.limit == limit
                    && o.startMillis == startMillis
                    && o.endMillis == endMillis
                    && o.keepMillis == keepMillis
                    && o.shared == shared
                    && o.enforced == enforced
                    && o.field.equals(field);
        }

        @Override
        public int hashCode() {
            return 31 * field.hashCode() + Long.hashCode(limit);
        }

        @Override
        public Kind kind() {
            return Kind.BUDGET;
        }

        @Override
        public long capacity() {
            return limit;
        }

        @Override
        public Terms terms() {
            return new Terms(limit, startMillis, endMillis, keepMillis);
        }

        @Override
        public Balance balance(long x, long y) {
            return new Balance.Budget(x, y);
        }

        @Override
        public long resetsAtMillis(long nowMillis, Balance balance) {
            return endMillis;
        }

        /** None: what others have used of a budget cannot be known without the ledger. */
        @Override
        public Optional<Bucket> part(PodShare share, long version) {
            return Optional.empty();
        }
    }

    /** Calls in flight: a count of holds, nothing is ever used up. */
    record Concurrency(String field, boolean shared, boolean enforced, long limit) implements Bucket {
        public Concurrency {
            check(field, limit >= 0 && limit <= MAX_AMOUNT, "0 <= limit <= 2^52", limit);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Concurrency o
                    && o.limit == limit
                    && o.shared == shared
                    && o.enforced == enforced
                    && o.field.equals(field);
        }

        @Override
        public int hashCode() {
            return 31 * field.hashCode() + Long.hashCode(limit);
        }

        @Override
        public Kind kind() {
            return Kind.CONCURRENCY;
        }

        @Override
        public long capacity() {
            return limit;
        }

        @Override
        public Terms terms() {
            return new Terms(limit, 0, 0, 0);
        }

        @Override
        public Balance balance(long x, long y) {
            return new Balance.Concurrency(y);
        }

        @Override
        public long resetsAtMillis(long nowMillis, Balance balance) {
            return 0;
        }

        @Override
        public Optional<Bucket> part(PodShare share, long version) {
            long most = share.of(limit);
            return most == 0 ? Optional.empty() : Optional.of(new Concurrency(field, shared, enforced, most));
        }
    }
}
