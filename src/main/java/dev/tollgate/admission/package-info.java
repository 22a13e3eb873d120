/**
 * Which limits guard a call, how much to reserve of each, and what to do when the ledger fails. The policy file is read
 * here; a call becomes a plan, the plan one ledger operation, its answer a decision.
 */
@NullMarked
package dev.tollgate.admission;

import org.jspecify.annotations.NullMarked;
