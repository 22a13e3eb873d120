/** What a call really used, read while its answer passes: JSON bodies, event streams, server-sent events, headers. */
@NullMarked
package dev.tollgate.metering;

import org.jspecify.annotations.NullMarked;
