package dev.tollgate.admission;

import dev.tollgate.ledger.AdmitReply;
import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.Ledger;
import dev.tollgate.ledger.LedgerException;
import dev.tollgate.policy.Policy;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** The whole decision: policy to plan, plan to one ledger operation, its answer to admitted or denied. */
public final class Admission {

    private final Vertx vertx;
    private final Ledger ledger;
    private final LedgerGuard guard;
    private final Supplier<Policy> policy;
    private final InstantSource clock;
    private final Duration lease;
    private final AdmissionListener listener;
    private final LimitsNow seen;
    private final Settlements settlements;
    private final Outage outage;
    private final RecentDenials recent;
    private final Map<String, Live> live = new ConcurrentHashMap<>();
    private final long extendTimer;
    private volatile long ledgerAheadMillis;

    private record Live(Reservation reservation, long extendedAt) {}

    /**
     * @param lease how long a call is held without an extension, at least 1 s
     * @param outageGrace how long limits with {@code share} go on without the ledger
     * @param pods pods that share the limits, as last known
     */
    public Admission(
            Vertx vertx,
            Ledger ledger,
            LedgerGuard guard,
            Supplier<Policy> policy,
            InstantSource clock,
            Duration lease,
            Duration outageGrace,
            IntSupplier pods,
            AdmissionListener listener,
            LimitsNow seen) {
        this.vertx = vertx;
        this.ledger = ledger;
        this.guard = guard;
        this.policy = policy;
        this.clock = clock;
        this.lease = lease;
        this.listener = listener;
        this.seen = seen;
        this.settlements = new Settlements(vertx, ledger, listener);
        this.outage = new Outage(clock, outageGrace, pods, listener);
        this.recent = new RecentDenials(clock);
        this.extendTimer = vertx.setPeriodic(Math.max(1, lease.toMillis() / 6), t -> extendLong());
    }

    /**
     * Decides about one call.
     *
     * @param id of the call, made once and used for nothing else
     */
    public Future<Decision> admit(String id, Demand demand) {
        seen.saw(demand.caller(), demand.target());
        Plan plan = plan(demand);
        Hold hold = new Hold(id, demand.caller().tenant(), lease, plan.claims());
        if (plan.claims().isEmpty()) {
            return Future.succeededFuture(admitted(plan, hold, List.of()));
        }
        Decision.Denied remembered = recent.find(hold);
        if (remembered != null) {
            return Future.succeededFuture(remembered);
        }
        return ask(hold)
                .compose(reply -> {
                    if (!(reply instanceof AdmitReply.StalePeriod stale)) {
                        return Future.succeededFuture(decision(plan, hold, reply));
                    }
                    ledgerAheadMillis = stale.nowMillis() - clock.millis();
                    Plan again = plan(demand);
                    Hold held = hold.withClaims(again.claims());
                    return ask(held).map(second -> decision(again, held, second));
                })
                .recover(failure -> Future.succeededFuture(withoutLedger(plan, hold, failure)));
    }

    private Plan plan(Demand demand) {
        Instant now = clock.instant().plusMillis(ledgerAheadMillis);
        return Plan.of(policy.get(), demand, now);
    }

    private Future<AdmitReply> ask(Hold hold) {
        long asked = System.nanoTime();
        return guard.call(() -> ledger.admit(hold))
                .onSuccess(reply -> listener.ledgerAnswered("admit", System.nanoTime() - asked));
    }

    private Decision decision(Plan plan, Hold hold, AdmitReply reply) {
        outage.over();
        if (reply instanceof AdmitReply.Admitted admitted) {
            listener.balances(hold.tenant(), plan, admitted.balances());
            return admitted(plan, hold, admitted.balances());
        }
        if (reply instanceof AdmitReply.Denied denied) {
            listener.balances(hold.tenant(), plan, denied.balances());
            Decision.Denied decision = Denials.denied(plan, denied);
            recent.remember(hold, denied.index(), decision);
            return decision;
        }
        if (reply instanceof AdmitReply.TooLarge large) {
            return Denials.tooLarge(plan, large);
        }
        if (reply instanceof AdmitReply.Recovering recovering) {
            return Denials.ledgerRecovering(recovering.waitMillis());
        }
        throw new LedgerException("redis", "unexpected answer to an admit: " + reply);
    }

    private Decision.Admitted admitted(Plan plan, Hold hold, List<Balance> balances) {
        List<String> shadowDenied = new ArrayList<>();
        for (int i = 0; i < balances.size(); i++) {
            if (balances.get(i).refused()) {
                shadowDenied.add(plan.limits().get(i).name());
            }
        }
        Reservation reservation = new Reservation(plan, hold, settlements, ended -> live.remove(hold.id()));
        if (!plan.claims().isEmpty()) {
            live.put(hold.id(), new Live(reservation, clock.millis()));
        }
        return new Decision.Admitted(reservation, shadowDenied);
    }

    private Decision withoutLedger(Plan plan, Hold hold, Throwable failure) {
        String kind = LedgerFailures.kind(failure);
        listener.ledgerFailed(kind);
        return outage.decide(plan, hold)
                .<Decision>map(refusal -> {
                    if (!kind.equals("open-circuit")) {
                        settlements.release(hold);
                    }
                    return refusal.share().isPresent() && refusal.share().get() instanceof AdmitReply.Denied denied
                            ? Denials.shareUsedUp(plan.limits().get(refusal.index()), denied)
                            : Denials.ledgerUnavailable(
                                    plan.limits().get(refusal.index()).name(), 1000);
                })
                .orElseGet(() -> new Decision.Admitted(
                        new Reservation(plan, hold, settlements, ended -> outage.ended(hold)), List.of()));
    }

    private void extendLong() {
        long due = clock.millis() - lease.toMillis() / 3;
        live.forEach((id, call) -> {
            if (call.extendedAt <= due) {
                live.replace(id, call, new Live(call.reservation, clock.millis()));
                ledger.extend(call.reservation.hold()).onFailure(e -> listener.ledgerFailed(LedgerFailures.kind(e)));
            }
        });
    }

    /** Calls that hold something. */
    public int inFlight() {
        return live.size();
    }

    /** Settlements that wait for the ledger. */
    public int pendingSettlements() {
        return settlements.pending();
    }

    /** Completes when every settlement has reached the ledger. */
    public Future<Void> drain() {
        return settlements.drain();
    }

    public void close() {
        vertx.cancelTimer(extendTimer);
    }
}
