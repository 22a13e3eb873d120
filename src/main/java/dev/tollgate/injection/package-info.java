/**
 * Adds the sidecar to Kubernetes manifests, exactly as the chart's MutatingAdmissionPolicy does to pods, and removes it again.
 *
 * <p>{@link dev.tollgate.injection.Workloads} finds the pods of an object, {@link dev.tollgate.injection.Injection} adds to
 * them, {@link dev.tollgate.injection.Additions} records what was added in an annotation, so that
 * {@link dev.tollgate.injection.Removal} takes out that and nothing else. Injecting again is a removal and an injection.
 */
@NullMarked
package dev.tollgate.injection;

import org.jspecify.annotations.NullMarked;
