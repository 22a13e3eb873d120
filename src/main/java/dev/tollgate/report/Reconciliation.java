package dev.tollgate.report;

import dev.tollgate.policy.Policy;
import dev.tollgate.pricing.PriceBook;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Usage records against invocation logs, call by call: which of them is missing on either side, and where tokens and money
 * differ. Keeps of each call what its first record said until the other one comes.
 */
public final class Reconciliation {

    private static final int DONE = -1;

    private final Dimensions dimensions;
    private final PriceBook prices;
    private final Policy policy;
    private final IdTable ids = new IdTable(true);
    private final PendingCalls[] pending = new PendingCalls[IdTable.PARTS];
    private final FailedLines failed = new FailedLines(Optional.empty());
    private final SortedMap<GroupKey, Drift> drift = new TreeMap<>();
    private long matched;
    private long onlyInUsage;
    private long onlyInLogs;
    private long loggedTokens;
    private long loggedMicroUsd;
    private long missingTokens;
    private long missingMicroUsd;

    /** Usage minus logs, of the calls that differ. */
    public record Drift(long calls, long tokens, long microUsd) {
        Drift plus(long moreTokens, long moreMicroUsd) {
            return new Drift(calls + 1, tokens + moreTokens, microUsd + moreMicroUsd);
        }
    }

    /**
     * What was found.
     *
     * @param drift by tenant and model
     * @param missingMicroUsd of calls that are on one side only
     * @param loggedMicroUsd of all logged calls
     */
    public record Result(
            long matched,
            long onlyInUsage,
            long onlyInLogs,
            SortedMap<GroupKey, Drift> drift,
            long missingTokens,
            long missingMicroUsd,
            long loggedTokens,
            long loggedMicroUsd,
            long unreadableLines) {

        /** The larger of what tokens and money are off, in millionths of what the logs say. */
        public long offMillionths() {
            long tokens = missingTokens;
            long money = missingMicroUsd;
            for (Drift one : drift.values()) {
                tokens += Math.abs(one.tokens());
                money += Math.abs(one.microUsd());
            }
            return Math.max(millionths(tokens, loggedTokens), millionths(money, loggedMicroUsd));
        }

        private static long millionths(long off, long of) {
            return off == 0 ? 0 : (long) Math.ceil(1e6 * off / Math.max(1, of));
        }
    }

    /** @param renamed metadata names of keys in older logs */
    public Reconciliation(PriceBook prices, Policy policy, Map<String, List<String>> renamed) {
        this.dimensions = new Dimensions(Set.of("tenant"), renamed);
        this.prices = prices;
        this.policy = policy;
        Combinations combinations = new Combinations();
        for (int i = 0; i < pending.length; i++) {
            pending[i] = new PendingCalls(combinations);
        }
    }

    public Result run(List<Input> inputs, Progress progress) throws IOException {
        progress.start(inputs);
        try {
            new Reading(inputs, dimensions, failed, progress).run(() -> {
                CallRecord other = new CallRecord(dimensions.size());
                Pricer pricer = new Pricer();
                return call -> enter(call, other, pricer);
            });
        } finally {
            progress.end();
        }
        rest();
        return new Result(
                matched,
                onlyInUsage,
                onlyInLogs,
                drift,
                missingTokens,
                missingMicroUsd,
                loggedTokens,
                loggedMicroUsd,
                failed.count());
    }

    /** Prices of one thread. */
    private final class Pricer {
        private final Models models = new Models(policy);
        private final CallCost cost = new CallCost(prices);

        String model(CallRecord call) {
            return models.of(call.modelId).name;
        }

        long microUsd(CallRecord call) {
            return cost.microUsd(models.of(call.modelId), call);
        }
    }

    private void enter(CallRecord call, CallRecord other, Pricer pricer) {
        if (call.denied) {
            return;
        }
        if (call.id == 0) {
            synchronized (drift) {
                alone(call, pricer);
            }
            return;
        }
        IdTable.Part part = ids.part(call.id);
        synchronized (part) {
            PendingCalls calls = pending[(int) (call.id >>> 58)];
            int at = part.find(call.id);
            if (at < 0) {
                part.insert(-1 - at, call.id, calls.add(call));
            } else if (part.entry(at) != DONE) {
                calls.get(part.entry(at), other);
                if (call.log != other.log) {
                    part.entry(at, DONE);
                    match(call.log ? other : call, call.log ? call : other, pricer);
                }
            }
        }
    }

    private void match(CallRecord usage, CallRecord log, Pricer pricer) {
        long logged = pricer.microUsd(log);
        long microUsd = pricer.microUsd(usage) - logged;
        long tokens = tokens(usage) - tokens(log);
        String tenant = usage.values[0].isEmpty() ? log.values[0] : usage.values[0];
        GroupKey key = new GroupKey(new String[] {tenant, pricer.model(log)});
        synchronized (drift) {
            matched++;
            loggedTokens += tokens(log);
            loggedMicroUsd += logged;
            if (tokens != 0 || microUsd != 0) {
                drift.merge(key, new Drift(1, tokens, microUsd), (old, one) -> old.plus(one.tokens(), one.microUsd()));
            }
        }
    }

    private static long tokens(CallRecord call) {
        return call.input + call.output + call.cacheRead + call.cacheWrite;
    }

    private void rest() {
        CallRecord call = new CallRecord(dimensions.size());
        Pricer pricer = new Pricer();
        for (int number = 0; number < IdTable.PARTS; number++) {
            IdTable.Part part = ids.part(number);
            for (int at = 0; at < part.capacity(); at++) {
                if (part.taken(at) && part.entry(at) != DONE) {
                    call.clear();
                    pending[number].get(part.entry(at), call);
                    alone(call, pricer);
                }
            }
        }
    }

    private void alone(CallRecord call, Pricer pricer) {
        if (call.log) {
            onlyInLogs++;
            loggedTokens += tokens(call);
            loggedMicroUsd += pricer.microUsd(call);
        } else if (call.failed && tokens(call) == 0) {
            // It never reached the model, so that no log knows it.
            return;
        } else {
            onlyInUsage++;
        }
        missingTokens += tokens(call);
        missingMicroUsd += pricer.microUsd(call);
    }
}
