/** Who calls: the pod's own facts, or what a trusted application names in metadata or headers. */
@NullMarked
package dev.tollgate.tenant;

import org.jspecify.annotations.NullMarked;
