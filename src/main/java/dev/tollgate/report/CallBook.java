package dev.tollgate.report;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Counts each call once, by its request id. If only one kind of records comes, calls pass at once and only their ids are
 * kept; if both kinds may come, calls are kept until the end, because the other record may change them.
 */
final class CallBook {

    private static final Nameless NAMELESS = new Nameless();

    private final boolean joins;
    private final IdTable ids;
    private final PendingCalls[] pending = new PendingCalls[IdTable.PARTS];

    /** What became of a record. */
    enum Outcome {
        /** To be counted now. */
        FIRST,
        /** Kept, counted by {@link #forEach}. */
        KEPT,
        /** The same kind of record of the same call again. */
        DUPLICATE
    }

    /** Ids of calls that have none, spread as hashes are (SplitMix64, of which all results differ). */
    private static final class Nameless {
        private final AtomicLong last = new AtomicLong();

        long next() {
            long id = last.addAndGet(0x9e3779b97f4a7c15L);
            id = (id ^ (id >>> 30)) * 0xbf58476d1ce4e5b9L;
            id = (id ^ (id >>> 27)) * 0x94d049bb133111ebL;
            id ^= id >>> 31;
            return id == 0 ? next() : id;
        }
    }

    CallBook(boolean joins) {
        this.joins = joins;
        this.ids = new IdTable(joins);
        Combinations combinations = new Combinations();
        for (int i = 0; i < pending.length; i++) {
            pending[i] = new PendingCalls(combinations);
        }
    }

    boolean joins() {
        return joins;
    }

    /**
     * Enters a record.
     *
     * @param other scratch space of the calling thread
     */
    Outcome enter(CallRecord call, CallRecord other) {
        if (call.id == 0) {
            if (!joins) {
                return Outcome.FIRST;
            }
            // Nothing can be joined to it, and it counts all the same.
            call.id = NAMELESS.next();
        }
        IdTable.Part part = ids.part(call.id);
        synchronized (part) {
            if (!joins) {
                return part.add(call.id) ? Outcome.FIRST : Outcome.DUPLICATE;
            }
            PendingCalls calls = pending[(int) (call.id >>> 58)];
            int at = part.find(call.id);
            if (at < 0) {
                part.insert(-1 - at, call.id, calls.add(call));
                return Outcome.KEPT;
            }
            calls.get(part.entry(at), other);
            if (call.log && other.log || call.usage && other.usage) {
                return Outcome.DUPLICATE;
            }
            other.merge(call);
            part.entry(at, calls.replace(part.entry(at), other));
            return Outcome.KEPT;
        }
    }

    /** Entries of all kept calls of one part, each with what it holds in {@code scratch}. */
    void forEachEntry(int number, CallRecord scratch, IntConsumer action) {
        IdTable.Part part = ids.part(number);
        synchronized (part) {
            for (int at = 0; joins && at < part.capacity(); at++) {
                if (part.taken(at)) {
                    get(number, part.entry(at), scratch);
                    action.accept(part.entry(at));
                }
            }
        }
    }

    void get(int number, int entry, CallRecord into) {
        into.clear();
        pending[number].get(entry, into);
    }

    /** All kept calls of one part, one at a time in the same object. */
    void forEach(int number, CallRecord scratch, Consumer<CallRecord> action) {
        forEachEntry(number, scratch, entry -> action.accept(scratch));
    }
}
