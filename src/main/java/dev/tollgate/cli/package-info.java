/** The commands, and the one place where all rooms are put together. */
@NullMarked
package dev.tollgate.cli;

import org.jspecify.annotations.NullMarked;
