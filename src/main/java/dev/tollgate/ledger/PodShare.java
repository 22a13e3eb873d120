package dev.tollgate.ledger;

/**
 * This pod among those that share a ledger.
 *
 * @param pods at least 1
 * @param rank from 0 to before {@code pods}; -1 if only the number of pods is known
 */
public record PodShare(int pods, int rank) {

    public static final PodShare ALONE = new PodShare(1, 0);

    public PodShare {
        if (pods < 1 || rank < -1 || rank >= pods) {
            throw new IllegalArgumentException("expected -1 <= rank < pods, found rank " + rank + " of " + pods);
        }
    }

    /** The same rank, or none, among more pods; never among fewer. */
    public PodShare atLeast(PodShare earlier) {
        return pods >= earlier.pods ? this : new PodShare(earlier.pods, rank);
    }

    /** This pod's part of an amount; the parts of all ranks add up to it. Without a rank the part that every pod has. */
    public long of(long amount) {
        long part = amount / pods;
        long rest = amount % pods;
        // floor(amount * (rank + 1) / pods) - floor(amount * rank / pods), without the large products
        return rank < 0 ? part : part + rest * (rank + 1) / pods - rest * rank / pods;
    }
}
