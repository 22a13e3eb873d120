package dev.tollgate.admission;

import dev.tollgate.ledger.AdmitReply;
import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Books;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.Ledger;
import dev.tollgate.ledger.LedgerException;
import dev.tollgate.ledger.LedgerFault;
import dev.tollgate.policy.Limit;
import dev.tollgate.policy.Policy;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The whole decision: policy to plan, plan to one ledger operation, its reply to admitted or denied. */
public final class Admission {

    private final Vertx vertx;
    private final InstantSource clock;
    private final Ledger ledger;
    private final Supplier<Policy> policy;
    private final AdmissionSettings settings;
    private final AdmissionListener listener;
    private final LimitsNow seen;
    private final Settlements settlements;
    private final BudgetWatch budgets;
    private final Outage outage;
    private final RecentDenials recent;
    private final Plans plans = new Plans();
    private final Map<String, Live> live = new ConcurrentHashMap<>();
    private volatile long ledgerAheadMillis;

    private record Live(Reservation reservation, long extendedAt) {}

    /** One attempt of a call at the ledger, and how long it can still wait for one that lost writes. */
    private record Attempt(Demand demand, Plan plan, Hold hold, long patienceMillis) {}

    public Admission(
            Vertx vertx,
            InstantSource clock,
            Books books,
            Supplier<Policy> policy,
            AdmissionSettings settings,
            AdmissionListener listener,
            LimitsNow seen) {
        this.vertx = vertx;
        this.clock = clock;
        this.ledger = books.ledger();
        this.policy = policy;
        this.settings = settings;
        this.listener = listener;
        this.seen = seen;
        this.settlements = new Settlements(vertx, ledger, listener);
        this.budgets = new BudgetWatch(ledger, listener);
        this.outage = new Outage(clock, settings, books.share(), listener, () -> live.values().stream()
                .map(l -> l.reservation.hold())
                .toList());
        this.recent = new RecentDenials(clock);
        vertx.setPeriodic(Math.max(1, settings.lease().toMillis() / 6), t -> renewLeases());
    }

    /**
     * Decides about one call.
     *
     * @param id of the call, made once and used for nothing else
     * @return fails only if Tollgate itself has a bug
     */
    public Future<Decision> admit(String id, Demand demand) {
        seen.saw(demand.caller(), demand.target());
        Plan plan = plan(demand);
        if (plan.guards().size() > Hold.MAX_CLAIMS) {
            return Future.succeededFuture(Denials.tooManyLimits(plan));
        }
        Optional<Limit> unbounded =
                settings.refusesUnpriced() && !demand.estimate().priced() ? plan.moneyLimit() : Optional.empty();
        if (unbounded.isPresent()) {
            return Future.succeededFuture(Denials.unpriced(unbounded.get()));
        }
        Hold hold = new Hold(id, demand.caller().tenant(), settings.lease(), plan.claims());
        if (plan.isEmpty()) {
            return Future.succeededFuture(admitted(demand, plan, hold, Reservation.Admitted.UNASKED, List.of()));
        }
        Optional<Decision.Denied> remembered = recent.find(hold);
        if (remembered.isPresent()) {
            return Future.succeededFuture(remembered.get());
        }
        return ask(new Attempt(demand, plan, hold, settings.recovery().toMillis()));
    }

    private Plan plan(Demand demand) {
        return plans.of(policy.get(), demand, ledgerNow());
    }

    private Instant ledgerNow() {
        return clock.instant().plusMillis(ledgerAheadMillis);
    }

    /** Only the ledger's own failures are decided without it; whatever else fails is a bug and admits nothing. */
    private Future<Decision> ask(Attempt attempt) {
        long startNanos = System.nanoTime();
        return ledger.admit(attempt.hold).transform(result -> {
            if (result.succeeded()) {
                listener.ledgerAnswered("admit", System.nanoTime() - startNanos);
                outage.over();
                return answered(attempt, result.result());
            }
            return result.cause() instanceof LedgerException failure
                    ? Future.succeededFuture(withoutLedger(attempt, failure.fault()))
                    : Future.failedFuture(result.cause());
        });
    }

    private Future<Decision> answered(Attempt attempt, AdmitReply reply) {
        Plan plan = attempt.plan;
        if (reply instanceof AdmitReply.Admitted admitted) {
            return Future.succeededFuture(admitted(attempt, admitted));
        }
        if (reply instanceof AdmitReply.Denied denied) {
            return Future.succeededFuture(denied(attempt, denied));
        }
        if (reply instanceof AdmitReply.TooLarge large) {
            return Future.succeededFuture(Denials.tooLarge(plan.guards().get(large.index()), large, ledgerNow()));
        }
        if (reply instanceof AdmitReply.Recovering recovering) {
            return waitFor(attempt, recovering.waitMillis());
        }
        if (reply instanceof AdmitReply.StalePeriod stale) {
            ledgerAheadMillis = stale.nowMillis() - clock.millis();
            Plan present = plan(attempt.demand);
            return present.equals(plan)
                    ? Future.failedFuture(new IllegalStateException("expected another period, found the stale one"))
                    : again(attempt, present, attempt.patienceMillis);
        }
        if (reply instanceof AdmitReply.Damaged damaged) {
            return damaged(attempt, damaged.index());
        }
        if (reply instanceof AdmitReply.TooManyBuckets many) {
            Guard guard = plan.guards().get(many.index());
            return Future.succeededFuture(
                    Denials.tooManyBuckets(guard.limit(), guard.claim().bucket().shared()));
        }
        return Future.failedFuture(new IllegalStateException("expected a new id, found one that has ended"));
    }

    /** The client is not refused because Redis was replaced: the call waits for the pods' reports, for a bounded time. */
    private Future<Decision> waitFor(Attempt attempt, long waitMillis) {
        if (waitMillis > attempt.patienceMillis) {
            return Future.succeededFuture(Denials.recovering(attempt.plan, waitMillis));
        }
        return vertx.timer(Math.max(1, waitMillis))
                .compose(t -> again(attempt, plan(attempt.demand), attempt.patienceMillis - waitMillis));
    }

    /** The same id: nothing is held by it yet. */
    private Future<Decision> again(Attempt attempt, Plan plan, long patienceMillis) {
        Hold hold = attempt.hold.withClaims(plan.claims());
        return plan.isEmpty()
                ? Future.succeededFuture(admitted(attempt.demand, plan, hold, Reservation.Admitted.UNASKED, List.of()))
                : ask(new Attempt(attempt.demand, plan, hold, patienceMillis));
    }

    private Future<Decision> damaged(Attempt attempt, int index) {
        Limit limit = attempt.plan.guards().get(index).limit();
        if (limit.onLedgerFailure() != Limit.OnLedgerFailure.OPEN) {
            return Future.succeededFuture(Denials.damaged(limit));
        }
        listener.failedOpen(limit.name());
        return again(attempt, attempt.plan.without(index), attempt.patienceMillis);
    }

    private Decision admitted(Attempt attempt, AdmitReply.Admitted reply) {
        Hold hold = attempt.hold;
        saw(attempt, reply.balances());
        recent.forget(hold);
        Decision.Admitted decision = admitted(
                attempt.demand,
                attempt.plan,
                hold,
                new Reservation.Admitted(reply.balances(), ledgerNow()),
                refused(attempt.plan, reply));
        live.put(hold.id(), new Live(decision.reservation(), clock.millis()));
        return decision;
    }

    /** Names of the limits in shadow that would have denied. */
    private static List<String> refused(Plan plan, AdmitReply.Admitted reply) {
        return reply.refused().isEmpty()
                ? List.of()
                : reply.refused().stream()
                        .map(i -> plan.guards().get(i).limit().name())
                        .toList();
    }

    private Decision.Admitted admitted(
            Demand demand, Plan plan, Hold hold, Reservation.Admitted admitted, List<String> shadowDenied) {
        Reservation reservation = new Reservation(plan, demand, hold, admitted, settlements, () -> {
            live.remove(hold.id());
            outage.ended(hold);
        });
        return new Decision.Admitted(reservation, shadowDenied);
    }

    private Decision denied(Attempt attempt, AdmitReply.Denied reply) {
        Guard guard = attempt.plan.guards().get(reply.index());
        saw(attempt, reply.balances());
        budgets.denied(attempt.hold.tenant(), guard, reply.decided());
        Decision.Denied decision = Denials.denied(guard, reply, ledgerNow());
        recent.remember(attempt.hold, reply.index(), decision);
        return decision;
    }

    private void saw(Attempt attempt, List<Balance> balances) {
        budgets.saw(attempt.hold.tenant(), attempt.plan, balances);
    }

    private Decision withoutLedger(Attempt attempt, LedgerFault fault) {
        listener.ledgerFailed(fault);
        Optional<Outage.Refusal> refusal = outage.decide(attempt.plan, attempt.hold);
        if (refusal.isEmpty()) {
            return admitted(attempt.demand, attempt.plan, attempt.hold, Reservation.Admitted.UNASKED, List.of());
        }
        if (fault.mayHaveArrived()) {
            settlements.release(attempt.hold);
        }
        Limit limit = attempt.plan.guards().get(refusal.get().index()).limit();
        OptionalLong wait = refusal.get().shareWait();
        return wait.isPresent() ? Denials.shareUsedUp(limit, wait.getAsLong()) : Denials.ledgerUnavailable(limit);
    }

    private void renewLeases() {
        long due = clock.millis() - settings.lease().toMillis() / 3;
        live.forEach((id, call) -> {
            if (call.extendedAt <= due && live.replace(id, call, new Live(call.reservation, clock.millis()))) {
                ledger.extend(call.reservation.hold()).onFailure(e -> {
                    if (e instanceof LedgerException failure) {
                        listener.ledgerFailed(failure.fault());
                    }
                });
            }
        });
    }

    /** Settlements that wait for the ledger. */
    public int pendingSettlements() {
        return settlements.pending();
    }

    /** True if calls are decided without the ledger for so long that shares deny too. */
    public boolean graceIsOver() {
        return outage.lastedMillis() > settings.outageGrace().toMillis();
    }

    /** Completes when every settlement has reached the ledger. */
    public Future<Void> drain() {
        return settlements.drain();
    }
}
