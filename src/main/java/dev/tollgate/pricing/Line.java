package dev.tollgate.pricing;

import dev.tollgate.bedrock.Unit;
import java.time.LocalDate;
import java.util.Optional;

/**
 * One line of the price book.
 *
 * @param validity when the line applies
 * @param price token prices; nothing for a line of a unit price
 * @param unit the price of a unit; empty for a line of token prices
 */
record Line(String model, ModelKind kind, Validity validity, Price price, Optional<UnitPrice> unit) {

    private static final long MAX_PIXELS = 1L << 50;

    /**
     * A price by unit.
     *
     * @param pico pico-USD a unit, from 0 to 10^15
     */
    record UnitPrice(Unit unit, long pico) {
        private static final long MAX = 1_000_000_000_000_000L;

        UnitPrice {
            if (pico < 0 || pico > MAX) {
                throw new IllegalArgumentException("expected a price from 0 to 1000 USD a unit");
            }
        }
    }

    /**
     * When a line applies.
     *
     * @param scope {@code global}, {@code regional} or {@code any}
     * @param from first day, UTC
     * @param above applies to more input tokens, or pixels, than this
     * @param variant {@code premium}, {@code optimized} or empty
     */
    record Validity(String scope, LocalDate from, long above, String variant) {

        Validity {
            if (above < 0 || above > MAX_PIXELS) {
                throw new IllegalArgumentException("expected above from 0, found " + above);
            }
        }

        boolean begun(LocalDate day) {
            return !from.isAfter(day);
        }

        boolean covers(long size) {
            return above == 0 || size > above;
        }

        boolean in(String wanted) {
            return scope.equals("any") || scope.equals(wanted);
        }
    }
}
