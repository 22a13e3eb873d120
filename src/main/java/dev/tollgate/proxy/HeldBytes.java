package dev.tollgate.proxy;

import java.util.concurrent.atomic.AtomicLong;

/** Bounds what is kept of answers: each, and all together. */
public final class HeldBytes {

    private static final long PARTS = 4;

    private final long mostEach;
    private final long most;
    private final AtomicLong taken = new AtomicLong();

    /** @param buffered bound of all request bodies, in bytes; answers get a quarter of that, and each a quarter of theirs */
    HeldBytes(long buffered) {
        this.most = buffered / PARTS;
        this.mostEach = most / PARTS;
    }

    /**
     * Takes room for one answer.
     *
     * @param held bytes that the answer has already
     * @return false if there is none, and nothing was taken
     */
    public boolean take(long held, int more) {
        if (held + more > mostEach) {
            return false;
        }
        if (taken.addAndGet(more) > most) {
            taken.addAndGet(-more);
            return false;
        }
        return true;
    }

    /** Gives an answer's room back. */
    public void free(long held) {
        taken.addAndGet(-held);
    }
}
