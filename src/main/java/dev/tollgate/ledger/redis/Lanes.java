package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.BucketKey;
import dev.tollgate.ledger.LedgerException;
import dev.tollgate.ledger.LedgerFault;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Natural batching: operations of one tenant travel together, and nothing ever waits for a timer. In a new life of the
 * ledger, what this pod knows of a tenant goes before that tenant's calls. Belongs to the ledger's event loop.
 */
final class Lanes {

    private static final int MAX_RUNS = 1000;
    private static final int MAX_TELLING = 6;
    private static final int MAX_OTHERS = 20_000;

    /** Sends a batch in the life that is known now. */
    interface Transport {
        boolean isOpen();

        Future<RunReply> send(String tenant, Batch batch);
    }

    private final Transport transport;
    private final Knowledge knowledge;
    private final Life life;
    private final int maxAdmits;
    private final Map<String, Lane> lanes = new HashMap<>();
    private final Deque<Lane> waiting = new ArrayDeque<>();
    private int runs;
    private int telling;
    private int admits;
    private int others;

    Lanes(Transport transport, Knowledge knowledge, Life life, int maxAdmits) {
        this.transport = transport;
        this.knowledge = knowledge;
        this.life = life;
        this.maxAdmits = maxAdmits;
    }

    void submit(Operation operation) {
        boolean admit = operation.code == Operation.Code.ADMIT;
        if (!transport.isOpen()) {
            operation.fail(new LedgerException(LedgerFault.CONNECTION, "no connection to Redis"));
            return;
        }
        if (admit ? admits >= maxAdmits : others >= MAX_OTHERS) {
            operation.fail(new LedgerException(
                    LedgerFault.OVERLOAD, "expected at most " + maxAdmits + " admissions that wait for Redis"));
            return;
        }
        admits += admit ? 1 : 0;
        others += admit ? 0 : 1;
        Lane lane = lanes.computeIfAbsent(operation.hold.tenant(), Lane::new);
        (admit ? lane.admits : lane.others).add(operation);
        if (lane.free()) {
            flush(lane);
        } else {
            operation.awaited();
        }
    }

    /** Tells the ledger what this pod knows, a few tenants at a time. */
    void tell() {
        Optional<String> owner = knowledge.untold();
        while (telling < MAX_TELLING && owner.isPresent()) {
            Lane lane = lanes.computeIfAbsent(owner.get(), Lane::new);
            if (lane.flying > 0 || lane.waiting || !transport.isOpen()) {
                return;
            }
            flush(lane);
            owner = knowledge.untold();
        }
    }

    private void flush(Lane lane) {
        if (!lane.free()) {
            return;
        }
        if (!transport.isOpen()) {
            failQueued(lane, new LedgerException(LedgerFault.CONNECTION, "no connection to Redis"));
            lanes.remove(lane.tenant, lane);
            return;
        }
        if (runs >= MAX_RUNS) {
            lane.waiting = true;
            waiting.add(lane);
            return;
        }
        Batch batch = new Batch();
        if (knowledge.tell(lane.tenant, batch)) {
            lane.fill(batch);
        }
        if (batch.isEmpty()) {
            if (lane.flying == 0) {
                lanes.remove(lane.tenant, lane);
            }
            return;
        }
        boolean tells = batch.operations().get(0).tells();
        boolean holds = tells || batch.admits();
        lane.flying++;
        lane.busy |= holds;
        runs++;
        telling += tells ? 1 : 0;
        long era = life.era();
        Future<RunReply> reply = transport.send(BucketKey.encode(lane.tenant), batch);
        long number = life.number();
        batch.operations().forEach(o -> {
            knowledge.sent(o, number);
            o.awaited();
        });
        lane.admits.forEach(Operation::awaited);
        reply.onComplete(result -> {
            lane.flying--;
            lane.busy &= !holds;
            runs--;
            telling -= tells ? 1 : 0;
            if (result.failed()) {
                failed(lane, batch, result.cause());
            } else if (result.result().otherLife()) {
                again(lane, batch);
            } else {
                done(lane, batch, result.result(), era);
            }
            next(lane, result.succeeded());
        });
    }

    /** Pending reports continue at once only after a success: a server without memory gets a pause. */
    private void next(Lane lane, boolean goesOn) {
        if (goesOn || !lane.isEmpty()) {
            flush(lane);
        }
        while (runs < MAX_RUNS && !waiting.isEmpty()) {
            Lane other = waiting.remove();
            other.waiting = false;
            flush(other);
        }
        if (goesOn) {
            tell();
        }
    }

    private void done(Lane lane, Batch batch, RunReply reply, long era) {
        batch.read(reply);
        batch.balances((bucket, balance) -> knowledge.saw(lane.tenant, bucket, balance, era));
        List<Operation> operations = batch.operations();
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            Operation.Status status = batch.answer(i).status();
            if (status == Operation.Status.OVERTAKEN) {
                knowledge.notDone(operation);
                lane.others.add(operation);
            } else {
                knowledge.answered(operation, status, era);
                left(operation);
            }
        }
        batch.complete();
    }

    private void left(Operation operation) {
        if (!operation.tells()) {
            admits -= operation.code == Operation.Code.ADMIT ? 1 : 0;
            others -= operation.code == Operation.Code.ADMIT ? 0 : 1;
        }
    }

    /**
     * Nothing was done: the same operations go again, in their order, after what this pod has to report; the holds to restore
     * were listed again when the life was entered.
     */
    private void again(Lane lane, Batch batch) {
        List<Operation> operations = batch.operations();
        for (int i = operations.size() - 1; i >= 0; i--) {
            Operation operation = operations.get(i);
            knowledge.notDone(operation);
            if (operation.code == Operation.Code.SEED) {
                knowledge.later(operation);
            } else if (operation.code == Operation.Code.ADMIT) {
                lane.admits.addFirst(operation);
            } else if (operation.code != Operation.Code.RESTORE) {
                lane.others.addFirst(operation);
            }
        }
    }

    private void failed(Lane lane, Batch batch, Throwable cause) {
        LedgerFault fault = cause instanceof LedgerException e ? e.fault() : LedgerFault.CONNECTION;
        boolean told = batch.operations().get(0).tells();
        boolean endsAlone = fault == LedgerFault.SERVER && batch.admits() && !told;
        lane.endsOnly = endsAlone;
        for (Operation operation : batch.operations()) {
            if (fault != LedgerFault.CONNECTION) {
                knowledge.notDone(operation);
            }
            if (operation.tells()) {
                if (fault != LedgerFault.BAD_ARGUMENT) {
                    knowledge.later(operation);
                }
            } else if (endsAlone && operation.code != Operation.Code.ADMIT) {
                lane.others.addFirst(operation);
            } else {
                left(operation);
                operation.fail(cause);
            }
        }
        if (told || !transport.isOpen()) {
            failQueued(lane, cause);
        }
    }

    private void failQueued(Lane lane, Throwable cause) {
        List<Operation> queued = new ArrayList<>(lane.admits);
        queued.addAll(lane.others);
        lane.admits.clear();
        lane.others.clear();
        for (Operation operation : queued) {
            left(operation);
            operation.fail(cause);
        }
    }
}
