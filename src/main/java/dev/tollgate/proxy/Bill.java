package dev.tollgate.proxy;

import dev.tollgate.admission.LimitLeft;
import dev.tollgate.bedrock.Usage;
import java.util.List;

/**
 * What a call cost and left.
 *
 * @param estimated true if the answer did not report its usage
 * @param left of each enforced limit; empty if the ledger was not asked
 */
public record Bill(Usage usage, long microUsd, boolean estimated, List<LimitLeft> left) {

    public Bill {
        left = List.copyOf(left);
    }
}
