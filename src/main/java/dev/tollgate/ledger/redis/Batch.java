package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Meter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** Operations of one tenant that travel in one run of the script; limits that several claim are described once. */
final class Batch {

    static final int MAX_OPERATIONS = 64;
    private static final int MAX_LIMITS = 128;

    private static final int SHARED = 4;
    private static final int SHADOW = 8;
    private static final int KNOWN = 16;

    private static final int LIMIT_BYTES = 35; // and its field
    private static final int OPERATION_BYTES = 20;
    private static final int CLAIM_BYTES = 17;
    private static final int USE_BYTES = 17;

    private final List<Operation> operations = new ArrayList<>();
    private final List<Bucket> limits = new ArrayList<>();
    private final Map<Bucket, Integer> places = new HashMap<>();
    private final Map<String, Integer> names = new LinkedHashMap<>();
    private final List<Balance> balances = new ArrayList<>();
    private final List<Operation.Answer> answers = new ArrayList<>();
    private long leaseMillis;
    private int bytes;
    private boolean admits;

    /** False if there is no room, or the lease differs from the others'. */
    boolean add(Operation operation) {
        long lease = operation.leaseMillis();
        List<Claim> claims = operation.claims();
        boolean fits = operations.size() < MAX_OPERATIONS
                && (operations.isEmpty() || limits.size() + claims.size() <= MAX_LIMITS)
                && (lease == 0 || leaseMillis == 0 || lease == leaseMillis);
        if (!fits) {
            return false;
        }
        leaseMillis = lease == 0 ? leaseMillis : lease;
        operations.add(operation);
        admits |= operation.code == Operation.Code.ADMIT;
        bytes += OPERATION_BYTES + CLAIM_BYTES * claims.size() + (operation.uses() ? USE_BYTES : 0);
        for (Claim claim : claims) {
            if (places.putIfAbsent(claim.bucket(), limits.size() + 1) == null) {
                limits.add(claim.bucket());
            }
        }
        operation.name = operation.uses() ? name(operation.hold.used()) : 0;
        return true;
    }

    private int name(Meter used) {
        return used.isNone() ? 0 : names.computeIfAbsent(SpendCells.name(used), name -> names.size() + 1);
    }

    /** True if it holds something for a call. */
    boolean admits() {
        return admits;
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
    byte[] limits(Predicate<Bucket> known) {
        return limits(limits, known);
    }

    static byte[] limits(Collection<Bucket> buckets, Predicate<Bucket> known) {
        int length = 1;
        for (Bucket bucket : buckets) {
            length += LIMIT_BYTES + bucket.field().length();
        }
        Packed out = new Packed(length).u8(buckets.size());
        for (Bucket bucket : buckets) {
            Bucket.Terms terms = bucket.terms();
            int code = bucket.kind().number()
                    + (bucket.shared() ? SHARED : 0)
                    + (bucket.enforced() ? 0 : SHADOW)
                    + (known.test(bucket) ? KNOWN : 0);
            out.u8(code)
                    .u64(terms.a())
                    .u64(terms.b())
                    .u64(terms.c())
                    .u64(terms.d())
                    .text(bucket.field());
        }
        return out.toBytes();
    }

    /** @param acknowledged operations whose hold the ledger confirmed in this life */
    byte[] operations(Predicate<Operation> acknowledged) {
        Packed out = new Packed(bytes);
        for (Operation operation : operations) {
            out.u8(operation.code.number)
                    .u8(acknowledged.test(operation) ? 1 : 0)
                    .u8('#');
            EntryId.write(operation.hold.id(), out);
            out.u8(operation.claims().size());
            for (Claim claim : operation.claims()) {
                out.u8(place(claim)).u64(claim.estimate()).u64(claim.actual());
            }
            if (operation.uses()) {
                Meter used = operation.hold.used();
                out.u8(operation.name).u64(used.microUsd()).u64(used.tokens());
            }
        }
        return out.toBytes();
    }

    private int place(Claim claim) {
        return Objects.requireNonNull(places.get(claim.bucket()));
    }

    /** Models and cost centers of which something was used. */
    byte[] names() {
        Packed out = new Packed(0);
        names.keySet().forEach(out::text);
        return out.toBytes();
    }

    /** Reads what each operation is answered, and the balance of each limit. */
    void read(RunReply reply) {
        for (int i = 0; i < operations.size(); i++) {
            answers.add(reply.answer());
        }
        for (Bucket bucket : limits) {
            balances.add(reply.balance(bucket));
        }
        for (int i = 0; i < operations.size(); i++) {
            List<Balance> own = new ArrayList<>(operations.get(i).claims().size());
            for (Claim claim : operations.get(i).claims()) {
                own.add(balances.get(place(claim) - 1));
            }
            answers.set(i, answers.get(i).with(own));
        }
    }

    /** Shows the balances that were read, for what the pod remembers. */
    void balances(BiConsumer<Bucket, Balance> seen) {
        for (int i = 0; i < limits.size(); i++) {
            seen.accept(limits.get(i), balances.get(i));
        }
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
