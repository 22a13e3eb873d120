package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Collections;
import java.util.List;

/** One operation on its way to the ledger, and what it was answered. Belongs to the ledger's event loop. */
final class Operation {

    /** Operations of the script, by their number. */
    enum Code {
        ADMIT(1),
        RESTORE(2),
        SETTLE(3),
        RELEASE(4),
        EXTEND(5),
        SEED(6),
        MARK(7),
        METER(8);

        final int number;

        Code(int number) {
            this.number = number;
        }
    }

    /** Answers of the script, by their number. */
    enum Status {
        ADMITTED(1),
        DUPLICATE(2),
        ENDED(3),
        DENIED(4),
        TOO_LARGE(5),
        RECOVERING(6),
        STALE_PERIOD(7),
        DAMAGED(8),
        TOO_MANY_CELLS(9),
        RESTORED(10),
        SETTLED(11),
        RELEASED(12),
        LATE(13),
        UNKNOWN(14),
        ALREADY(15),
        EXTENDED(16),
        LAPSED(17),
        SEEDED(18),
        MARKED(19),
        NOT_AS_AGREED(20),
        OVERTAKEN(21),
        METERED(22);

        private static final Status[] BY_NUMBER = new Status[23];

        static {
            for (Status status : values()) {
                BY_NUMBER[status.number] = status;
            }
        }

        final int number;

        Status(int number) {
            this.number = number;
        }

        static Status of(int number) {
            return BY_NUMBER[number];
        }
    }

    /**
     * What the ledger answered.
     *
     * @param index of the claim that decided, -1 if none did
     * @param refused bits of the claims that would have denied
     * @param x of the deciding bucket at that moment, level or used
     * @param y ms until full, or held
     * @param balances of all claims, after the whole run
     * @param nowMillis the ledger's time
     */
    record Answer(
            Status status,
            int index,
            long waitMillis,
            long refused,
            long x,
            long y,
            List<Balance> balances,
            long nowMillis) {

        Answer with(List<Balance> own) {
            return new Answer(status, index, waitMillis, refused, x, y, Collections.unmodifiableList(own), nowMillis);
        }
    }

    final Code code;
    final Hold hold;
    final Runnable written;
    /** Place, in the batch that it travels in, of the name that its use is counted under; 0 for none. */
    int name;

    private final Promise<Answer> promise = Promise.promise();
    private boolean waits;

    Operation(Code code, Hold hold, Runnable written) {
        this.code = code;
        this.hold = hold;
        this.written = written;
    }

    Operation(Code code, Hold hold) {
        this(code, hold, () -> {});
    }

    List<Claim> claims() {
        return code == Code.EXTEND ? List.of() : hold.claims();
    }

    /** Of operations that hold something, in ms; 0 for the others. */
    long leaseMillis() {
        return code == Code.ADMIT || code == Code.RESTORE || code == Code.EXTEND
                ? hold.lease().toMillis()
                : 0;
    }

    /** Counts what its call used, if that is said. */
    boolean uses() {
        return code == Code.SETTLE || code == Code.METER;
    }

    boolean ends() {
        return code == Code.SETTLE || code == Code.RELEASE || code == Code.METER;
    }

    /** Restores what this pod knows of an earlier life; goes before any call. */
    boolean tells() {
        return code == Code.SEED || code == Code.RESTORE;
    }

    /** The ledger's answer is awaited from here on; counts once. */
    void awaited() {
        if (!waits) {
            waits = true;
            written.run();
        }
    }

    Future<Answer> future() {
        return promise.future();
    }

    void answer(Answer answer) {
        promise.tryComplete(answer);
    }

    void fail(Throwable failure) {
        promise.tryFail(failure);
    }
}
