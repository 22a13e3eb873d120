/**
 * Tollgate: a sidecar that keeps every tenant's Amazon Bedrock calls within token and money limits.
 *
 * <pre>
 * SDK -&gt; 127.0.0.1:8787
 *   proxy      read the operation from the raw path, the body (bounded), the facts
 *   tenant     who calls
 *   bedrock    what is called
 *   pricing    estimate
 *   admission  which limits guard this call
 *   ledger     ADMIT: one script call decides and holds all of it, or nothing
 *   upstream   sign last, send, stream back
 *   metering   usage while the bytes pass
 *   ledger     SETTLE: actual for estimate, exactly once
 *   telemetry  counters, histograms, one usage record a call
 * </pre>
 *
 * {@link dev.tollgate.cli} puts it together.
 */
@NullMarked
package dev.tollgate;

import org.jspecify.annotations.NullMarked;
