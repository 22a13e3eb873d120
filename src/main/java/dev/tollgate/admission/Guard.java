package dev.tollgate.admission;

import dev.tollgate.ledger.Claim;
import dev.tollgate.policy.Limit;

/**
 * One limit that guards a call, and what the call claims of it.
 *
 * @param bucket the limit's name and what else distinguishes its buckets, for people: {@code tpm/nova-lite}
 * @param series the field of the limit's bucket in the ledger without its period
 */
public record Guard(Limit limit, String bucket, String series, Claim claim) {}
