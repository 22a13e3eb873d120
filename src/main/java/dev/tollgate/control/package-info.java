/**
 * What people and tools read of a running sidecar, on the management port: the status (limits and spend of the fleet, this
 * pod's state), as JSON, as events and as a page, and the way to the rest. {@link dev.tollgate.control.StatusFeed} is its one
 * source: many readers, one question to the ledger at a time, and nobody waits for it.
 */
@NullMarked
package dev.tollgate.control;

import org.jspecify.annotations.NullMarked;
