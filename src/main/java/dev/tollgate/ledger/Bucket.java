package dev.tollgate.ledger;

/**
 * Where one limit keeps its count for one tenant (or for all). Amounts are tokens, requests or micro-USD, whatever the
 * limit counts; all are integers from 0 to {@link #MAX_AMOUNT}.
 */
public sealed interface Bucket {

    /** The largest amount the ledger keeps exactly: 2^52. */
    long MAX_AMOUNT = 1L << 52;

    /** Name within the ledger, {@code [A-Za-z0-9%._:/=@+-]{1,512}}; a budget's holds its period too. */
    String field();

    /** True where the bucket is not one tenant's own. */
    boolean shared();

    /** False for shadow limits: they count and never deny. */
    boolean enforced();

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
            if (burst < 1 || rate < 1 || periodMillis < 1 || burst > MAX_AMOUNT / 2 / periodMillis) {
                throw new IllegalArgumentException("expected burst, rate, period >= 1 and 2 * burst * period ms <= 2^52"
                        + ", found burst " + burst + ", rate " + rate + ", period " + periodMillis + " ms");
            }
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
            implements Bucket {}

    /** Calls in flight: a count of holds, nothing is ever used up. */
    record Concurrency(String field, boolean shared, boolean enforced, long limit) implements Bucket {}
}
