/** The ledger in memory: for demo, tests, replay, and the shares that a pod grants itself while Redis is away. */
@NullMarked
package dev.tollgate.ledger.local;

import org.jspecify.annotations.NullMarked;
