/** What tokens cost, in micro-USD: the price book, the estimate before a call and the cost after it. */
@NullMarked
package dev.tollgate.pricing;

import org.jspecify.annotations.NullMarked;
