package dev.tollgate.ledger;

import java.util.List;

/** The ledger's answer to an admit. Indexes count the hold's claims from 0; balances have the claims' order. */
public sealed interface AdmitReply {

    /**
     * All of it is held, now or by an earlier try with the same id.
     *
     * @param refused indexes of shadow limits that would have denied
     */
    record Admitted(List<Balance> balances, List<Integer> refused) implements AdmitReply {}

    /**
     * Nothing is held; the claim at {@code index} has to wait the longest.
     *
     * @param decided balance of that claim's bucket at the moment of the decision
     */
    record Denied(int index, long waitMillis, Balance decided, List<Balance> balances) implements AdmitReply {}

    /** Nothing is held, and never will be: the claim at {@code index} is larger than its limit. */
    record TooLarge(int index, Balance decided) implements AdmitReply {}

    /** The ledger lost writes; budgets and concurrency limits wait until every pod has reported what it knows. */
    record Recovering(long waitMillis) implements AdmitReply {}

    /** A budget's period does not contain the ledger's time, which is given in epoch ms. */
    record StalePeriod(long nowMillis) implements AdmitReply {}

    /** The id was settled, released or lapsed before. */
    record Ended() implements AdmitReply {}

    /** The count of the claim at {@code index} cannot be read; nothing is held. */
    record Damaged(int index) implements AdmitReply {}

    /** The claim at {@code index} needs a new bucket and its owner has as many as it may have; nothing is held. */
    record TooManyBuckets(int index) implements AdmitReply {}
}
