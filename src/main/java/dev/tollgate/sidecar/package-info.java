/** The composition root: wires the rooms, starts and stops the sidecar, reports readiness. */
@NullMarked
package dev.tollgate.sidecar;

import org.jspecify.annotations.NullMarked;
