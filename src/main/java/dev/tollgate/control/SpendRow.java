package dev.tollgate.control;

import dev.tollgate.ledger.Spend;
import java.util.Comparator;

/** What all pods settled for one tenant and model, today and this month (UTC). */
record SpendRow(Key key, long dayMicroUsd, long monthMicroUsd, long dayCalls, long monthCalls) {

    /** Whose spend on what. */
    record Key(String tenant, String model) implements Comparable<Key> {
        private static final Comparator<Key> ORDER =
                Comparator.comparing(Key::tenant).thenComparing(Key::model);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    static SpendRow of(Spend spend) {
        return new SpendRow(
                new Key(spend.tenant(), spend.model()),
                spend.dayMicroUsd(),
                spend.monthMicroUsd(),
                spend.dayCalls(),
                spend.monthCalls());
    }

    SpendRow plus(SpendRow other) {
        return new SpendRow(
                key,
                dayMicroUsd + other.dayMicroUsd,
                monthMicroUsd + other.monthMicroUsd,
                dayCalls + other.dayCalls,
                monthCalls + other.monthCalls);
    }

    String tenant() {
        return key.tenant;
    }

    String model() {
        return key.model;
    }
}
