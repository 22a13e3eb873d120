package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Meter;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/** Operations of one tenant that travel in one run of the script; limits that several claim are described once. */
final class Batch {

    static final int MAX_OPERATIONS = 64;
    private static final int MAX_LIMITS = 128;

    private static final int SHARED = 4;
    private static final int SHADOW = 8;
    private static final int KNOWN = 16;

    // What they usually take, so that buffers need not grow.
    private static final int LIMIT_BYTES = 96;
    private static final int OPERATION_BYTES = 37;
    private static final int CLAIM_BYTES = 17;

    private final List<Operation> operations = new ArrayList<>();
    private final Map<Bucket, Integer> limits = new LinkedHashMap<>();
    private final Map<String, Integer> names = new LinkedHashMap<>();
    private final List<Operation.Answer> answers = new ArrayList<>();
    private long leaseMillis;
    private int claims;

    /** False if there is no room, or the lease differs from the others'. */
    boolean add(Operation operation) {
        long lease = operation.leaseMillis();
        boolean fits = operations.size() < MAX_OPERATIONS
                && (operations.isEmpty() || limits.size() + operation.claims().size() <= MAX_LIMITS)
                && (lease == 0 || leaseMillis == 0 || lease == leaseMillis);
        if (!fits) {
            return false;
        }
        leaseMillis = lease == 0 ? leaseMillis : lease;
        operations.add(operation);
        claims += operation.claims().size();
        for (Claim claim : operation.claims()) {
            limits.putIfAbsent(claim.bucket(), limits.size() + 1);
        }
        if (operation.uses() && !operation.hold.used().isNone()) {
            names.putIfAbsent(SpendCells.name(operation.hold.used()), names.size() + 1);
        }
        return true;
    }

    boolean isEmpty() {
        return operations.isEmpty();
    }

    List<Operation> operations() {
        return operations;
    }

    long leaseMillis() {
        return Math.max(1, leaseMillis);
    }

    /** @param known buckets that the ledger must have, or it lost writes */
    Buffer limits(Predicate<Bucket> known) {
        return limits(limits.keySet(), known);
    }

    static Buffer limits(Collection<Bucket> buckets, Predicate<Bucket> known) {
        Buffer out = Buffer.buffer(1 + LIMIT_BYTES * buckets.size()).appendByte((byte) buckets.size());
        for (Bucket bucket : buckets) {
            Bucket.Terms terms = bucket.terms();
            int code = bucket.kind().number()
                    + (bucket.shared() ? SHARED : 0)
                    + (bucket.enforced() ? 0 : SHADOW)
                    + (known.test(bucket) ? KNOWN : 0);
            byte[] field = bucket.field().getBytes(StandardCharsets.UTF_8);
            out.appendByte((byte) code)
                    .appendLongLE(terms.a())
                    .appendLongLE(terms.b())
                    .appendLongLE(terms.c())
                    .appendLongLE(terms.d())
                    .appendUnsignedShortLE(field.length)
                    .appendBytes(field);
        }
        return out;
    }

    /** @param acknowledged operations whose hold the ledger confirmed in this life */
    Buffer operations(Predicate<Operation> acknowledged) {
        Buffer out = Buffer.buffer(operations.size() * OPERATION_BYTES + claims * CLAIM_BYTES);
        for (Operation operation : operations) {
            out.appendByte((byte) operation.code.number)
                    .appendByte((byte) (acknowledged.test(operation) ? 1 : 0))
                    .appendByte((byte) '#')
                    .appendBuffer(EntryId.of(operation.hold.id()))
                    .appendByte((byte) operation.claims().size());
            for (Claim claim : operation.claims()) {
                Integer index = limits.get(claim.bucket());
                out.appendByte(index == null ? 0 : index.byteValue())
                        .appendLongLE(claim.estimate())
                        .appendLongLE(claim.actual());
            }
            if (operation.uses()) {
                use(operation.hold.used(), out);
            }
        }
        return out;
    }

    private void use(Meter used, Buffer out) {
        Integer name = used.isNone() ? null : names.get(SpendCells.name(used));
        out.appendByte(name == null ? 0 : name.byteValue())
                .appendLongLE(used.microUsd())
                .appendLongLE(used.tokens());
    }

    /** Models and cost centers of which something was used. */
    Buffer names() {
        Buffer out = Buffer.buffer();
        names.keySet().forEach(name -> out.appendUnsignedShortLE(name.length()).appendString(name));
        return out;
    }

    /** Reads what each operation is answered; returns the balances, for what the pod remembers. */
    Map<Bucket, Balance> read(RunReply reply) {
        List<Operation.Answer> bare = new ArrayList<>(operations.size());
        for (int i = 0; i < operations.size(); i++) {
            bare.add(reply.answer());
        }
        Map<Bucket, Balance> balances = new LinkedHashMap<>();
        for (Bucket bucket : limits.keySet()) {
            balances.put(bucket, reply.balance(bucket));
        }
        for (int i = 0; i < operations.size(); i++) {
            List<Balance> own = new ArrayList<>(operations.get(i).claims().size());
            for (Claim claim : operations.get(i).claims()) {
                own.add(Objects.requireNonNull(balances.get(claim.bucket())));
            }
            answers.add(bare.get(i).with(own));
        }
        return balances;
    }

    /** What was read for one operation. */
    Operation.Answer answer(int index) {
        return answers.get(index);
    }

    /** Hands each operation its answer, but for those that have to go again. */
    void complete() {
        for (int i = 0; i < operations.size(); i++) {
            if (answers.get(i).status() != Operation.Status.OVERTAKEN) {
                operations.get(i).answer(answers.get(i));
            }
        }
    }
}
