/** What people and tools ask of a running Tollgate, on the management port: the limits as they stand now. */
@NullMarked
package dev.tollgate.control;

import org.jspecify.annotations.NullMarked;
