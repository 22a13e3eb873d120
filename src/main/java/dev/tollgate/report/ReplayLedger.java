package dev.tollgate.report;

import dev.tollgate.admission.Buckets;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.ProfileModels;
import dev.tollgate.ledger.AdmitReply;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.Ledger;
import dev.tollgate.ledger.local.LocalLedger;
import dev.tollgate.policy.Limit;
import dev.tollgate.policy.Policy;
import dev.tollgate.policy.Weight;
import dev.tollgate.tenant.Caller;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/** A policy's limits in a ledger in memory whose clock is the time of the call that is replayed. */
final class ReplayLedger {

    private static final int MAX_BUCKETS = 1_000_000;
    private static final Duration LEASE = Duration.ofDays(1);

    private final Policy policy;
    private final Dimensions dimensions;
    private final Ledger ledger;
    private final PriorityQueue<Ending> endings = new PriorityQueue<>();
    private long nowMillis;
    private long calls;

    /** What a call weighs beside its tokens. */
    record Weights(long microUsd, int burndown) {}

    private record Ending(long millis, Hold hold) implements Comparable<Ending> {
        @Override
        public int compareTo(Ending other) {
            return Long.compare(millis, other.millis);
        }
    }

    ReplayLedger(Policy policy, Dimensions dimensions) {
        this.policy = policy;
        this.dimensions = dimensions;
        this.ledger = new LocalLedger(() -> Instant.ofEpochMilli(nowMillis), MAX_BUCKETS);
    }

    /** The enforced limit that denies the call; if none does, the call is in the books until its end. */
    Optional<String> admit(long startMillis, CallRecord call, Weights weights) {
        for (Ending next; (next = endings.peek()) != null && next.millis() <= startMillis; ) {
            endings.remove();
            nowMillis = next.millis();
            ledger.settle(next.hold());
        }
        nowMillis = startMillis;
        Caller caller = RecordedCaller.of(call, dimensions);
        ModelTarget target = policy.resolve(call.modelId, caller, ProfileModels.NONE);
        List<Limit> limits = new ArrayList<>();
        List<Claim> claims = new ArrayList<>();
        for (Limit limit : policy.limits()) {
            if (limit.matches(caller, target) && counts(limit, call)) {
                limits.add(limit);
                long amount = Math.min(Bucket.MAX_AMOUNT, amount(limit, call, weights));
                Bucket bucket = Buckets.of(limit, 1, caller, target, Instant.ofEpochMilli(nowMillis));
                claims.add(new Claim(bucket, amount, amount));
            }
        }
        if (claims.isEmpty()) {
            return Optional.empty();
        }
        Hold hold = new Hold("replay-" + calls++, caller.tenant(), LEASE, claims);
        AdmitReply reply = ledger.admit(hold).result();
        if (reply instanceof AdmitReply.Denied denied) {
            return Optional.of(limits.get(denied.index()).name());
        }
        if (reply instanceof AdmitReply.TooLarge large) {
            return Optional.of(limits.get(large.index()).name());
        }
        endings.add(new Ending(startMillis + Math.max(0, call.latencyMillis), hold));
        return Optional.empty();
    }

    String tenant(CallRecord call) {
        return RecordedCaller.of(call, dimensions).tenant();
    }

    private static boolean counts(Limit limit, CallRecord call) {
        Weight weight = limit.quantity().weight();
        return weight == Weight.REQUESTS || weight == Weight.USD || !call.noTokens();
    }

    private static long amount(Limit limit, CallRecord call, Weights weights) {
        return limit.quantity()
                .weight()
                .amount(call.input + call.cacheWrite, call.output, weights.microUsd(), weights.burndown());
    }
}
