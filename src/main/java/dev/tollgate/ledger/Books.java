package dev.tollgate.ledger;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * The ledger as the other rooms use it.
 *
 * @param ledger guarded: bounded in time, not queried while it is down
 * @param share this pod among the others as last heard; empty if never
 * @param health for people and metrics
 */
public record Books(Ledger ledger, Supplier<Optional<PodShare>> share, Supplier<LedgerHealth> health) {}
