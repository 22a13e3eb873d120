/**
 * Prices calls in micro-USD, in integers: the price book, the estimate before a call and the charge after it.
 *
 * <p>A {@code Line} of the book is a price by token or by unit; {@code ModelPrices} holds those of one model, and a
 * {@code Tariff} applies them to one call.
 */
@NullMarked
package dev.tollgate.pricing;

import org.jspecify.annotations.NullMarked;
