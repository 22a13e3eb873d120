/**
 * Who spent what: model invocation logs and usage records in, spend out.
 *
 * <pre>
 * Inputs -> LineReader -> RecordReader -> CallBook (request ids) -> Sums (groups) -> Report -> a format
 * </pre>
 *
 * One pass, memory bounded by the groups and one number for each request id. No reflection, so that the native executable
 * reports too.
 */
@NullMarked
package dev.tollgate.report;

import org.jspecify.annotations.NullMarked;
