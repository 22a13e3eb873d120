package dev.tollgate.admission;

import dev.tollgate.admission.Plan.Place;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.policy.Limit;
import dev.tollgate.policy.Policy;
import dev.tollgate.tenant.Caller;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Plans of calls, from what is remembered of their caller and model: which limits apply and in which buckets they count, until
 * a period or an override ends or the policy changes. Naming six buckets again took 8 kB a call.
 */
final class Plans {

    /** Callers and models that are remembered; when there are more, all are forgotten. */
    static final int MAX_SUBJECTS = 4096;

    private volatile Known known = new Known(Policy.NONE);

    /** Who calls what. */
    private record Subject(Caller caller, ModelTarget target) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Subject that && caller.equals(that.caller) && target.equals(that.target);
        }

        @Override
        public int hashCode() {
            return 31 * caller.hashCode() + target.hashCode();
        }
    }

    /** Places that stay as they are within these instants, epoch ms; the last is exclusive. */
    private record Places(List<Place> all, long fromMillis, long untilMillis) {
        boolean hold(long nowMillis) {
            return fromMillis <= nowMillis && nowMillis < untilMillis;
        }
    }

    /** What is remembered under one policy. */
    private static final class Known {
        final Policy policy;
        final Map<Subject, Places> places = new ConcurrentHashMap<>();

        Known(Policy policy) {
            this.policy = policy;
        }
    }

    Plan of(Policy policy, Demand demand, Instant now) {
        return Plan.of(places(policy, new Subject(demand.caller(), demand.target()), now), demand.estimate());
    }

    // A policy that is read again is another object; comparing the contents would cost more than is saved.
    @SuppressWarnings("ReferenceEquality")
    private List<Place> places(Policy policy, Subject subject, Instant now) {
        Known its = known;
        if (its.policy != policy) {
            its = new Known(policy);
            known = its;
        }
        Places remembered = its.places.get(subject);
        if (remembered != null && remembered.hold(now.toEpochMilli())) {
            return remembered.all;
        }
        List<Place> found = Plan.places(policy, subject.caller, subject.target, now);
        if (its.places.size() >= MAX_SUBJECTS) {
            its.places.clear();
        }
        its.places.put(subject, new Places(found, now.toEpochMilli(), until(found, now)));
        return found;
    }

    private static long until(List<Place> places, Instant now) {
        long until = Long.MAX_VALUE;
        for (Place place : places) {
            if (place.bucket() instanceof Bucket.Budget budget) {
                until = Math.min(until, budget.endMillis());
            }
            if (place.limit().quantity() instanceof Limit.Budget budget) {
                until = Math.min(until, endOfOverride(budget, now));
            }
        }
        return until;
    }

    private static long endOfOverride(Limit.Budget budget, Instant now) {
        return budget.override()
                .filter(o -> o.inForce(now))
                .map(o -> o.until().toEpochMilli())
                .orElse(Long.MAX_VALUE);
    }
}
