package dev.tollgate.admission;

import dev.tollgate.ledger.AdmitReply;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.PodShare;
import dev.tollgate.ledger.local.LocalLedger;
import dev.tollgate.policy.Limit;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Decides while the ledger does not answer, limit by limit as the policy says: {@code deny}, {@code open}, or {@code share}:
 * this pod's part of the limit, by its rank among the pods last heard; the parts add up to the limit. After the grace time
 * shares deny too.
 */
final class Outage {

    private final InstantSource clock;
    private final AdmissionSettings settings;
    private final Supplier<Optional<PodShare>> heard;
    private final AdmissionListener listener;
    private final Supplier<Collection<Hold>> live;
    private final LocalLedger shares;
    private final Set<String> held = new HashSet<>();
    private long since = -1;
    private Optional<PodShare> share = Optional.empty();
    private long shareVersion;

    /** @param live holds of calls in flight that the ledger admitted: they take part of a concurrency limit's share */
    Outage(
            InstantSource clock,
            AdmissionSettings settings,
            Supplier<Optional<PodShare>> heard,
            AdmissionListener listener,
            Supplier<Collection<Hold>> live) {
        this.clock = clock;
        this.settings = settings;
        this.heard = heard;
        this.listener = listener;
        this.live = live;
        this.shares = new LocalLedger(clock, Integer.MAX_VALUE);
    }

    /** Milliseconds since the first call that was decided without the ledger; 0 if the last one was decided with it. */
    synchronized long lastedMillis() {
        return since < 0 ? 0 : clock.millis() - since;
    }

    synchronized void over() {
        if (since >= 0) {
            since = -1;
            share = Optional.empty();
        }
    }

    /**
     * Why a call is refused.
     *
     * @param index of the guard
     * @param shareWait until this pod's share has room, if that was the reason
     */
    record Refusal(int index, OptionalLong shareWait) {}

    /** Empty if the call may proceed. */
    synchronized Optional<Refusal> decide(Plan plan, Hold hold) {
        boolean graceIsOver = lasted() > settings.outageGrace().toMillis();
        List<Claim> parts = new ArrayList<>();
        List<Integer> indexes = new ArrayList<>();
        for (int i = 0; i < plan.guards().size(); i++) {
            Guard guard = plan.guards().get(i);
            Limit.OnLedgerFailure then = guard.limit().onLedgerFailure();
            if (then == Limit.OnLedgerFailure.OPEN) {
                continue;
            }
            Optional<Bucket> part = then == Limit.OnLedgerFailure.DENY || graceIsOver
                    ? Optional.empty()
                    : part(guard.claim().bucket());
            if (part.isEmpty()) {
                return Optional.of(new Refusal(i, OptionalLong.empty()));
            }
            parts.add(Claim.of(part.get(), guard.claim().estimate()));
            indexes.add(i);
        }
        AdmitReply reply = shares.admit(hold.withClaims(parts)).result();
        if (reply instanceof AdmitReply.Denied denied) {
            return Optional.of(new Refusal(indexes.get(denied.index()), OptionalLong.of(denied.waitMillis())));
        }
        if (reply instanceof AdmitReply.TooLarge large) {
            return Optional.of(new Refusal(indexes.get(large.index()), OptionalLong.of(1000)));
        }
        held.add(hold.id());
        plan.guards().stream()
                .map(Guard::limit)
                .filter(l -> l.onLedgerFailure() == Limit.OnLedgerFailure.OPEN)
                .forEach(l -> listener.failedOpen(l.name()));
        return Optional.empty();
    }

    /** Milliseconds of continuous outage, begun now if it had not. */
    private long lasted() {
        Optional<PodShare> now = heard.get()
                .or(() -> settings.expectedPods().isPresent()
                        ? Optional.of(new PodShare(settings.expectedPods().getAsInt(), -1))
                        : Optional.empty());
        Optional<PodShare> before = share;
        share = now.map(s -> before.map(s::atLeast).orElse(s));
        shareVersion += share.equals(before) ? 0 : 1;
        if (since < 0) {
            since = clock.millis();
            live.get().forEach(this::inFlight);
        }
        return clock.millis() - since;
    }

    /** Without ever having heard of the other pods, and without a configured number, there is no share. */
    private Optional<Bucket> part(Bucket bucket) {
        return share.flatMap(s -> bucket.part(s, bucket.terms().d() + shareVersion));
    }

    private void inFlight(Hold hold) {
        List<Claim> taken = new ArrayList<>();
        for (Claim claim : hold.claims()) {
            if (claim.bucket() instanceof Bucket.Concurrency c) {
                taken.add(Claim.of(new Bucket.Concurrency(c.field(), c.shared(), false, c.limit()), claim.estimate()));
            }
        }
        if (!taken.isEmpty() && held.add(hold.id())) {
            shares.admit(hold.withClaims(taken));
        }
    }

    /** Ends what a call held of the shares; of rates its estimate stays taken. */
    synchronized void ended(Hold hold) {
        if (held.remove(hold.id())) {
            shares.settle(hold.withClaims(hold.claims().stream()
                    .filter(c -> c.bucket().kind() == Bucket.Kind.CONCURRENCY)
                    .toList()));
        }
    }
}
