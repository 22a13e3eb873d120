package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.LedgerException;
import dev.tollgate.ledger.LedgerFault;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads a reply of the script from its first byte to its last, in the order that {@code ledger.lua} gives. */
final class RunReply {

    private static final int DONE = 0;
    private static final int OTHER_LIFE = 1;
    private static final int REFUSED = 2;
    /** Of a rate, a budget and a concurrency limit. */
    private static final int[] CELL_BYTES = {56, 50, 8};

    private final Buffer bytes;
    private int at;

    /** The stored number of this pod, as the run found it and as it left it. */
    private final long foundNumber;

    private final long storedNumber;
    private final long nowMillis;
    private final int underflows;
    private final Buffer life;
    private final List<String> damaged = new ArrayList<>();

    /** @throws LedgerException if the script refused the run */
    RunReply(Response response) {
        bytes = response.toBuffer();
        int kind = byteAt();
        if (kind == REFUSED) {
            throw new LedgerException(
                    LedgerFault.BAD_ARGUMENT, "the ledger refused a run: " + text(bytes.length() - at));
        }
        if (kind > REFUSED) {
            throw new LedgerException(
                    LedgerFault.FORMAT,
                    "expected a ledger of format 2 in Redis, found format " + byteAt()
                            + "; use the Tollgate version that wrote it, or another tollgate.ledger.org");
        }
        nowMillis = longAt();
        foundNumber = longAt();
        storedNumber = kind == DONE ? foundNumber : longAt();
        underflows = kind == DONE ? byteAt() : 0;
        life = kind == OTHER_LIFE ? bytes.getBuffer(at, at + 24) : Buffer.buffer();
    }

    /** True if nothing was done, because the ledger is in another life than the run said. */
    boolean otherLife() {
        return life.length() > 0;
    }

    Buffer life() {
        return life;
    }

    long foundNumber() {
        return foundNumber;
    }

    long storedNumber() {
        return storedNumber;
    }

    long nowMillis() {
        return nowMillis;
    }

    int underflows() {
        return underflows;
    }

    /** Fields of the balances read so far that could not be read. */
    List<String> damaged() {
        return damaged;
    }

    int byteAt() {
        return bytes.getUnsignedByte(at++);
    }

    long longAt() {
        at += 8;
        return bytes.getLongLE(at - 8);
    }

    long intAt() {
        at += 4;
        return bytes.getUnsignedIntLE(at - 4);
    }

    String text(int length) {
        at += length;
        return bytes.getString(at - length, at, StandardCharsets.UTF_8.name());
    }

    String textAt() {
        at += 2;
        return text(bytes.getUnsignedShortLE(at - 2));
    }

    String rest() {
        return text(bytes.length() - at);
    }

    Operation.Answer answer() {
        Operation.Status status = Operation.Status.of(byteAt());
        int index = byteAt() - 1;
        long wait = longAt();
        long refused = intAt();
        long x = longAt();
        return new Operation.Answer(status, index, wait, refused, x, longAt(), List.of(), nowMillis);
    }

    /** Of a cell as it is stored; one that could not be read, all of whose bits are set, counts as 0. */
    Balance balance(Bucket bucket) {
        int cell = at;
        at += CELL_BYTES[bucket.kind().number()];
        long first = bytes.getLongLE(cell);
        if (bytes.getByte(at - 1) < 0) {
            damaged.add(bucket.field());
            return bucket.balance(0, 0);
        }
        return switch (bucket.kind()) {
            case RATE -> bucket.balance(first, fullAfterMillis(cell));
            case BUDGET -> bucket.balance(first, bytes.getLongLE(cell + 8));
            case CONCURRENCY -> bucket.balance(0, first);
        };
    }

    /** When a rate is full, by the burst, rate and period of its cell; all products are below 2^53. */
    private long fullAfterMillis(int cell) {
        long missing = bytes.getLongLE(cell + 32) - bytes.getLongLE(cell);
        long units = missing * bytes.getLongLE(cell + 48) - bytes.getLongLE(cell + 8);
        return missing <= 0 ? 0 : -Math.floorDiv(-units, bytes.getLongLE(cell + 40));
    }
}
