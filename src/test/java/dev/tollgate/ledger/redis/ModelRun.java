package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One run of the script, as the model and the script are given it.
 *
 * @param life bytes of the life that the pod knows
 * @param known buckets that the pod says must exist
 * @param acknowledged ids that the pod says the ledger confirmed in this life
 */
record ModelRun(
        LedgerScript.Kind kind,
        String pod,
        long number,
        long acked,
        long lease,
        long recovery,
        int maxCells,
        Buffer life,
        String tenant,
        List<Operation> operations,
        Set<Bucket> known,
        Set<String> acknowledged) {

    /** In the order in which the batch describes them. */
    List<Bucket> limits() {
        Set<Bucket> limits = new LinkedHashSet<>();
        operations.forEach(o -> o.claims().forEach(c -> limits.add(c.bucket())));
        return List.copyOf(limits);
    }

    LedgerScript.Run script() {
        Buffer head = Buffer.buffer()
                .appendLongLE(number)
                .appendLongLE(acked)
                .appendLongLE(lease)
                .appendLongLE(recovery)
                .appendLongLE(maxCells)
                .appendBuffer(EntryId.of(pod));
        Batch batch = new Batch();
        for (Operation operation : operations) {
            if (!batch.add(operation)) {
                throw new AssertionError("the batch is full");
            }
        }
        return new LedgerScript.Run(
                kind,
                head.getBytes(),
                life.getBytes(),
                tenant,
                batch.limits(known::contains),
                kind == LedgerScript.Kind.PEEK
                        ? LedgerScript.NOTHING
                        : batch.operations(o -> acknowledged.contains(o.hold.id())),
                batch.names());
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(kind + " pod " + pod + " number " + number + " acked " + acked
                + " tenant " + tenant + " lease " + lease + " cells " + maxCells);
        for (Operation o : operations) {
            out.append("\n    ").append(o.code).append(' ').append(o.hold.id());
            for (Claim c : o.claims()) {
                out.append("\n        ").append(c).append(known.contains(c.bucket()) ? " known" : "");
            }
        }
        return out.toString();
    }
}
