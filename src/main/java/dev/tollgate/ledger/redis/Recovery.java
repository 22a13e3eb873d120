package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.AdmitReply;
import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What this pod knows of the books, so that a ledger that comes back empty gets them back: the used amount of each
 * budget as last seen, and the holds of calls in flight. Bounded by the budgets and calls of this pod.
 */
final class Recovery {

    private static final Logger LOG = Logger.getLogger(Recovery.class);
    private static final int MAX_BUDGETS = 10_000;

    private final RedisLedger.Executor ledger;
    private final long recoveryMillis;
    private final RedisLedger.ResetListener listener;
    private final Map<String, Seen> budgets = new ConcurrentHashMap<>();
    private final Map<String, Live> live = new ConcurrentHashMap<>();
    private volatile String epoch = "";
    private volatile long ledgerMillis;
    private @Nullable Promise<String> restoring;

    /** @param confirmed once the ledger has answered that it is held */
    private record Live(Hold hold, boolean confirmed) {}

    /** @param epoch in which it was seen: an amount goes back only into a ledger that did not tell it itself */
    private record Seen(String tenant, Bucket.Budget budget, long used, String epoch) {}

    Recovery(RedisLedger.Executor ledger, long recoveryMillis, RedisLedger.ResetListener listener) {
        this.ledger = ledger;
        this.recoveryMillis = recoveryMillis;
        this.listener = listener;
    }

    /** The ledger's time as it last answered; pods' own clocks never matter. */
    void at(long millis) {
        ledgerMillis = millis;
    }

    String epoch() {
        return epoch;
    }

    void asked(Hold hold) {
        live.put(hold.id(), new Live(hold, false));
    }

    /** An answer may come after its call was given up and released: then the hold is not known here any more. */
    void admitted(Hold hold, AdmitReply reply, String in) {
        if (reply instanceof AdmitReply.Admitted admitted) {
            live.computeIfPresent(hold.id(), (id, known) -> new Live(hold, true));
            saw(hold, admitted.balances(), in);
            return;
        }
        live.remove(hold.id());
        if (reply instanceof AdmitReply.Denied denied) {
            saw(hold, denied.balances(), in);
        }
    }

    void ended(Hold hold, List<Balance> balances, String in) {
        live.remove(hold.id());
        saw(hold, balances, in);
    }

    private void saw(Hold hold, List<Balance> balances, String in) {
        for (int i = 0; i < balances.size(); i++) {
            if (hold.claims().get(i).bucket() instanceof Bucket.Budget budget) {
                String name = (budget.shared() ? "" : hold.tenant()) + ' ' + budget.field();
                if (budgets.size() < MAX_BUDGETS || budgets.containsKey(name)) {
                    Seen seen = new Seen(
                            budget.shared() ? "" : hold.tenant(),
                            budget,
                            balances.get(i).used(),
                            in);
                    budgets.merge(name, seen, this::latest);
                }
            }
        }
    }

    private Seen latest(Seen old, Seen now) {
        if (old.epoch.equals(now.epoch)) {
            return now.used > old.used ? now : old;
        }
        return now.epoch.equals(epoch) ? now : old;
    }

    /** The epoch to repeat the call in, once this pod has told what it knows; one at a time. */
    Future<String> restore(String before, String exceptId) {
        Promise<String> promise;
        synchronized (this) {
            if (!epoch.equals(before)) {
                return Future.succeededFuture(epoch);
            }
            if (restoring != null) {
                return restoring.future();
            }
            promise = Promise.promise();
            restoring = promise;
        }
        seed(before, exceptId).onComplete(done -> {
            synchronized (this) {
                restoring = null;
                if (done.succeeded()) {
                    epoch = done.result();
                }
            }
            promise.handle(done);
        });
        return promise.future();
    }

    /** What every connection begins with: a server that was not there before begins a new epoch of the ledger. */
    LedgerScript.Call greeting() {
        return new LedgerScript.Call("GREET", "", UUID.randomUUID().toString(), recoveryMillis, "-", List.of());
    }

    /** Restores the ledger where it is not the one that this pod knows; begins a new one before its first call. */
    void found(String current) {
        String known = epoch;
        if (current.isEmpty() || !current.equals(known)) {
            restore(known, "").onFailure(e -> LOG.debugf("not restored yet: %s", e.getMessage()));
        }
    }

    private Future<String> seed(String before, String exceptId) {
        String proposal = UUID.randomUUID().toString();
        LedgerScript.Call begin = seed(before, proposal, "-", List.of());
        return all(List.of(begin)).map(replies -> replies.get(0)).compose(current -> {
            List<LedgerScript.Call> known = new ArrayList<>();
            budgets.values().removeIf(seen -> seen.budget.keepMillis() < ledgerMillis);
            for (Seen seen : budgets.values()) {
                if (!seen.epoch.equals(current)) {
                    String tenant = seen.tenant.isEmpty() ? "-" : seen.tenant;
                    known.add(seed(current, proposal, tenant, List.of(Claim.of(seen.budget, seen.used))));
                }
            }
            List<LedgerScript.Call> holds = live.values().stream()
                    .filter(l -> l.confirmed && !l.hold.id().equals(exceptId))
                    .map(l -> restore(current, l.hold))
                    .toList();
            return all(known).compose(seeded -> all(holds)).map(restored -> {
                if (!before.isEmpty() && !before.equals(current)) {
                    LOG.warnf(
                            "The ledger came back empty, old or replaced; told it %d budgets and %d calls in flight",
                            known.size(), holds.size());
                    listener.ledgerWasReset();
                }
                return current;
            });
        });
    }

    private LedgerScript.Call seed(String epoch, String proposal, String tenant, List<Claim> known) {
        return new LedgerScript.Call("SEED", epoch, proposal, recoveryMillis, tenant, known);
    }

    private static LedgerScript.Call restore(String epoch, Hold hold) {
        return new LedgerScript.Call(
                "RESTORE", epoch, hold.id(), hold.lease().toMillis(), hold.tenant(), hold.claims());
    }

    /** All of them pipelined; the third field of each reply. */
    private Future<List<String>> all(List<LedgerScript.Call> calls) {
        List<Future<String>> sent = calls.stream()
                .map(call -> ledger.execute(call).map(reply -> String.valueOf(RedisLedger.text(reply.get(2)))))
                .toList();
        return Future.all(sent).map(all -> all.<String>list());
    }
}
