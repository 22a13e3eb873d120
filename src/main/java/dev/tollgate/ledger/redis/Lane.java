package dev.tollgate.ledger.redis;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Operations of one tenant that wait for the ledger. One run is in flight at a time, and whatever arrives meanwhile travels in
 * the next one; only an admission does not wait for a run that ends calls. Belongs to the ledger's event loop.
 */
final class Lane {

    // Admissions come first, but a backlog of them never keeps the ends of calls away, nor the other way round.
    private static final int RESERVED = 16;

    final String tenant;
    final Deque<Operation> admits = new ArrayDeque<>();
    final Deque<Operation> others = new ArrayDeque<>();
    /** Runs without a reply. */
    int flying;
    /** One of them admits, or restores what this pod knows: nothing overtakes it. */
    boolean busy;

    boolean waiting;
    /** After Redis refused a run for want of memory: the ends of calls, which free some, go alone once. */
    boolean endsOnly;

    Lane(String tenant) {
        this.tenant = tenant;
    }

    /** True if a run may be sent now. */
    boolean free() {
        return !waiting && (flying == 0 || flying == 1 && !busy && !admits.isEmpty());
    }

    boolean isEmpty() {
        return admits.isEmpty() && others.isEmpty();
    }

    /**
     * Moves operations into a batch. What ends calls runs before what admits them: a client that sends one call after the
     * other finds its concurrency free.
     */
    void fill(Batch batch) {
        int room = Batch.MAX_OPERATIONS - batch.operations().size();
        int ends = Math.max(RESERVED, room - admits.size());
        move(others, batch, endsOnly ? room : ends);
        if (!endsOnly) {
            move(admits, batch, room);
        }
        endsOnly = false;
    }

    private static void move(Deque<Operation> from, Batch batch, int most) {
        for (int i = 0; i < most && !from.isEmpty() && batch.add(from.peek()); i++) {
            from.poll();
        }
    }
}
