package dev.tollgate.report;

import dev.tollgate.policy.Policy;
import dev.tollgate.pricing.PriceBook;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Recorded calls, in the order and at the times in which they were made, through a policy that did not guard them. Each
 * reserves what it used: estimates are not recorded. Calls that were denied then are left out, because nobody knows what
 * they would have used.
 */
public final class Replay {

    private final Dimensions dimensions;
    private final PriceBook prices;
    private final FailedLines failed = new FailedLines(Optional.empty());
    private final CallBook book = new CallBook(true);
    private final List<Start> starts = new ArrayList<>();

    /** When a call began, and where it is kept. */
    private record Start(long millis, int part, int entry) implements Comparable<Start> {
        @Override
        public int compareTo(Start other) {
            int byTime = Long.compare(millis, other.millis);
            int byPart = byTime != 0 ? byTime : Integer.compare(part, other.part);
            return byPart != 0 ? byPart : Integer.compare(entry, other.entry);
        }
    }

    /** Calls of a tenant to a model that one limit denied. */
    public record Denial(long calls, long microUsd, Instant first) {}

    /**
     * What a policy would have done.
     *
     * @param savedMicroUsd what the denied calls really cost
     * @param denials by tenant, model and limit
     */
    public record Outcome(
            long calls, long approved, long denied, long savedMicroUsd, SortedMap<GroupKey, Denial> denials) {}

    /** @param renamed metadata names of keys in older logs */
    public Replay(PriceBook prices, Map<String, List<String>> renamed) {
        this.dimensions = new Dimensions(RecordedCaller.KEYS, renamed);
        this.prices = prices;
    }

    /** Reads the calls; returns the number of lines that cannot be read. */
    public long read(List<Input> inputs, Progress progress) throws IOException {
        progress.start(inputs);
        try {
            new Reading(inputs, dimensions, failed, progress).run(() -> {
                CallRecord other = new CallRecord(dimensions.size());
                return call -> book.enter(call, other);
            });
        } finally {
            progress.end();
        }
        CallRecord scratch = new CallRecord(dimensions.size());
        for (int part = 0; part < IdTable.PARTS; part++) {
            int number = part;
            book.forEachEntry(part, scratch, entry -> {
                if (!scratch.denied) {
                    starts.add(new Start(start(scratch), number, entry));
                }
            });
        }
        Collections.sort(starts);
        return failed.count();
    }

    /** A usage record is written when the call has ended, a log record holds its start. */
    private static long start(CallRecord call) {
        return call.log ? call.millis : call.millis - Math.max(0, call.latencyMillis);
    }

    /** What a policy would have done. */
    public Outcome through(Policy policy) {
        ReplayLedger ledger = new ReplayLedger(policy, dimensions);
        Models models = new Models(policy);
        CallCost cost = new CallCost(prices);
        CallRecord call = new CallRecord(dimensions.size());
        SortedMap<GroupKey, Denial> denials = new TreeMap<>();
        long saved = 0;
        long denied = 0;
        for (Start start : starts) {
            call.clear();
            book.get(start.part(), start.entry(), call);
            PricedModel model = models.of(call.modelId);
            long microUsd = cost.microUsd(model, call);
            Optional<String> limit = ledger.admit(
                    start.millis(), call, new ReplayLedger.Weights(microUsd, cost.burndown(model, call.millis)));
            if (limit.isPresent()) {
                denied++;
                saved += microUsd;
                GroupKey key = new GroupKey(new String[] {ledger.tenant(call), model.name, limit.get()});
                Denial one = new Denial(1, microUsd, Instant.ofEpochMilli(start.millis()));
                denials.merge(
                        key,
                        one,
                        (old, next) -> new Denial(old.calls() + 1, old.microUsd() + next.microUsd(), old.first()));
            }
        }
        return new Outcome(starts.size(), starts.size() - denied, denied, saved, denials);
    }
}
