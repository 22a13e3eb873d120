package dev.tollgate.ledger;

/**
 * A bucket as the ledger last saw it.
 *
 * @param level of a rate, negative when in debt; 0 for the others
 * @param fullAfterMillis until a rate is full again; 0 for the others
 * @param used of a budget; 0 for the others
 * @param held by calls in flight, of budgets and concurrency limits
 * @param refused true where this limit alone would deny the call
 */
public record Balance(long level, long fullAfterMillis, long used, long held, boolean refused) {}
