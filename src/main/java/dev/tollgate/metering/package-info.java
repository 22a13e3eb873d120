/**
 * Reads what a call really used while its answer passes.
 *
 * <pre>
 * bytes -> ContentDecoding -> JsonMeter, SseMeter or EventStreamMeter -> JsonScanner -> Document -> Findings -> Tally
 * </pre>
 *
 * <p>Nothing of an answer is kept but counts: the scanner holds the first bytes of one string. A count is final only if it
 * came after all content; before that, {@code Tally} counts the tokens of the content that passed.
 */
@NullMarked
package dev.tollgate.metering;

import org.jspecify.annotations.NullMarked;
