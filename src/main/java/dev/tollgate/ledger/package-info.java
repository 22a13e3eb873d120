/**
 * The ledger's contract: buckets, claims, holds and the answers to them. It knows nothing of HTTP, Bedrock or policies.
 * {@link dev.tollgate.ledger.redis} keeps the books for all pods, {@link dev.tollgate.ledger.local} for one process; both
 * pass the same contract tests. {@link dev.tollgate.ledger.GuardedLedger} bounds how long either is waited for.
 */
@NullMarked
package dev.tollgate.ledger;

import org.jspecify.annotations.NullMarked;
