/**
 * Decides about a call: which limits guard it, how much to reserve of each, what to do when the ledger does not answer. A
 * call becomes a plan, the plan one ledger operation, its answer a decision.
 */
@NullMarked
package dev.tollgate.admission;

import org.jspecify.annotations.NullMarked;
