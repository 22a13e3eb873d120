package dev.tollgate.ledger;

/** A bucket as the ledger last reported it. */
public sealed interface Balance {

    /** What is gone of the capacity: missing tokens of a rate, used amount of a budget. */
    long used(long capacity);

    /** Reserved by calls in flight. */
    long held();

    /** What a call could still take. */
    long remaining(long capacity);

    /** Until a rate is full again; 0 for the others. */
    default long fullAfterMillis() {
        return 0;
    }

    /** @param level negative if in debt */
    record Rate(long level, long fullAfterMillis) implements Balance {
        @Override
        public long used(long capacity) {
            return capacity - level;
        }

        @Override
        public long held() {
            return 0;
        }

        @Override
        public long remaining(long capacity) {
            return Math.max(0, level);
        }
    }

    /** @param used settled in this period */
    record Budget(long used, long held) implements Balance {
        @Override
        public long used(long capacity) {
            return used;
        }

        @Override
        public long remaining(long capacity) {
            return Math.max(0, capacity - used - held);
        }
    }

    /** @param held calls in flight */
    record Concurrency(long held) implements Balance {
        @Override
        public long used(long capacity) {
            return 0;
        }

        @Override
        public long remaining(long capacity) {
            return Math.max(0, capacity - held);
        }
    }
}
