/** What people and tools read of a running sidecar, on the management port: its limits now, and the way to the rest. */
@NullMarked
package dev.tollgate.control;

import org.jspecify.annotations.NullMarked;
