/** The commands, put together without reflection. */
@NullMarked
package dev.tollgate.cli;

import org.jspecify.annotations.NullMarked;
