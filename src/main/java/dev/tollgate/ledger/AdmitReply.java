package dev.tollgate.ledger;

import java.util.List;

/** The ledger's answer to an admit. Indexes count the hold's claims from 0; balances stand in the claims' order. */
public sealed interface AdmitReply {

    /** All of it is held, now or by an earlier try with the same id. */
    record Admitted(List<Balance> balances) implements AdmitReply {}

    /** Nothing is held; the claim at {@code index} has to wait the longest. */
    record Denied(int index, long waitMillis, List<Balance> balances) implements AdmitReply {}

    /** Nothing is held, and never will be: the claim at {@code index} is larger than its limit. */
    record TooLarge(int index, List<Balance> balances) implements AdmitReply {}

    /** The ledger came back empty; budgets wait until every pod has told what it knows. */
    record Recovering(long waitMillis) implements AdmitReply {}

    /** A budget's period does not contain the ledger's time, which is given in epoch ms. */
    record StalePeriod(long nowMillis) implements AdmitReply {}

    /** The id was settled, released or expired before. */
    record Ended() implements AdmitReply {}
}
