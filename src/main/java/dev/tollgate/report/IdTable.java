package dev.tollgate.report;

/**
 * Request ids that were seen, 8 bytes each in an open-addressed table, split by their first bits so that growth copies one
 * part at a time and threads seldom meet. With pending calls, each id also knows where its {@link PendingCalls} entry is.
 */
final class IdTable {

    static final int PARTS = 64;
    private static final int FIRST_CAPACITY = 256;

    private final Part[] parts = new Part[PARTS];

    IdTable(boolean withEntries) {
        for (int i = 0; i < PARTS; i++) {
            parts[i] = new Part(withEntries);
        }
    }

    Part part(long id) {
        return parts[(int) (id >>> 58)];
    }

    Part part(int number) {
        return parts[number];
    }

    /** One part; callers hold its monitor. */
    static final class Part {
        private long[] ids = new long[FIRST_CAPACITY];
        private int[] entries;
        private int size;

        Part(boolean withEntries) {
            entries = new int[withEntries ? FIRST_CAPACITY : 0];
        }

        /** Index of an id, or {@code -1 - index} of where it belongs. */
        int find(long id) {
            int mask = ids.length - 1;
            int at = (int) id & mask;
            while (ids[at] != 0) {
                if (ids[at] == id) {
                    return at;
                }
                at = at + 1 & mask;
            }
            return -1 - at;
        }

        /** True if the id is new. */
        boolean add(long id) {
            int at = find(id);
            if (at >= 0) {
                return false;
            }
            insert(-1 - at, id, 0);
            return true;
        }

        void insert(int at, long id, int entry) {
            ids[at] = id;
            if (entries.length > 0) {
                entries[at] = entry;
            }
            size++;
            if (size > ids.length / 4 * 3) {
                grow();
            }
        }

        int entry(int at) {
            return entries[at];
        }

        void entry(int at, int entry) {
            entries[at] = entry;
        }

        int capacity() {
            return ids.length;
        }

        boolean taken(int at) {
            return ids[at] != 0;
        }

        private void grow() {
            long[] oldIds = ids;
            int[] oldEntries = entries;
            ids = new long[oldIds.length * 2];
            entries = new int[oldEntries.length * 2];
            for (int i = 0; i < oldIds.length; i++) {
                if (oldIds[i] != 0) {
                    int at = -1 - find(oldIds[i]);
                    ids[at] = oldIds[i];
                    if (entries.length > 0) {
                        entries[at] = oldEntries[i];
                    }
                }
            }
        }
    }
}
