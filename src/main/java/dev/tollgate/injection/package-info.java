/** Adds the sidecar to Kubernetes manifests, exactly as the chart's MutatingAdmissionPolicy does. */
@NullMarked
package dev.tollgate.injection;

import org.jspecify.annotations.NullMarked;
