package dev.tollgate.report;

import dev.tollgate.admission.Buckets;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.ProfileModels;
import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.BucketKey;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.Ledger;
import dev.tollgate.ledger.SettleReply;
import dev.tollgate.policy.Limit;
import dev.tollgate.policy.Policy;
import dev.tollgate.pricing.PriceBook;
import dev.tollgate.tenant.Caller;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What recorded calls used of the budgets of the periods that run now, beside what the ledger knows of them. */
public final class RecordedBudgets {

    private static final Duration LEASE = Duration.ofSeconds(10);

    private final Policy policy;
    private final Instant now;
    private final Map<BucketKey, Recorded> recorded = new HashMap<>();

    private record Recorded(Limit limit, String tenant, Bucket.Budget budget, long used) {}

    /**
     * A budget on both sides, in its own unit.
     *
     * @param tenant whose calls used it; of a shared budget, one of them
     * @param recorded used by the records
     * @param used used by the ledger
     */
    public record Compared(String limit, String tenant, Bucket.Budget budget, long recorded, long used, long held) {
        /** What the ledger does not know; 0 if it knows as much or more. */
        public long missing() {
            return Math.max(0, recorded - used);
        }
    }

    public RecordedBudgets(Policy policy, Instant now) {
        this.policy = policy;
        this.now = now;
    }

    /** Adds up all calls, each once; returns the number of lines that cannot be read. */
    public long read(List<Input> inputs, PriceBook prices, Map<String, List<String>> renamed, Progress progress)
            throws IOException {
        Dimensions dimensions = new Dimensions(RecordedCaller.KEYS, renamed);
        FailedLines failed = new FailedLines(Optional.empty());
        CallBook book = new CallBook(true);
        progress.start(inputs);
        try {
            new Reading(inputs, dimensions, failed, progress).run(() -> {
                CallRecord other = new CallRecord(dimensions.size());
                return call -> book.enter(call, other);
            });
        } finally {
            progress.end();
        }
        Models models = new Models(policy);
        CallCost cost = new CallCost(prices);
        CallRecord scratch = new CallRecord(dimensions.size());
        for (int part = 0; part < IdTable.PARTS; part++) {
            book.forEach(part, scratch, call -> {
                if (!call.denied && !call.free()) {
                    PricedModel model = models.of(call.modelId);
                    add(
                            call,
                            RecordedCaller.of(call, dimensions),
                            cost.microUsd(model, call),
                            cost.burndown(model, call.millis));
                }
            });
        }
        return failed.count();
    }

    private void add(CallRecord call, Caller caller, long microUsd, int burndown) {
        ModelTarget target = policy.resolve(call.modelId, caller, ProfileModels.NONE);
        for (Limit limit : policy.limits()) {
            boolean guards = limit.quantity() instanceof Limit.Budget && limit.matches(caller, target);
            if (guards && Buckets.of(limit, 1, caller, target, now) instanceof Bucket.Budget budget) {
                boolean runs = call.millis >= budget.startMillis() && call.millis < budget.endMillis();
                long amount =
                        limit.quantity().weight().amount(call.input + call.cacheWrite, call.output, microUsd, burndown);
                if (runs && amount > 0) {
                    recorded.merge(
                            budget.key(caller.tenant()),
                            new Recorded(limit, caller.tenant(), budget, amount),
                            (old, one) ->
                                    new Recorded(old.limit(), old.tenant(), old.budget(), old.used() + one.used()));
                }
            }
        }
    }

    /** Reads the ledger; changes nothing. */
    public Future<List<Compared>> compare(Ledger ledger) {
        List<Future<Compared>> all = new ArrayList<>();
        recorded.values().stream()
                .sorted(java.util.Comparator.comparing((Recorded r) -> r.limit().name())
                        .thenComparing(Recorded::tenant)
                        .thenComparing(r -> r.budget().field()))
                .forEach(r -> all.add(
                        ledger.peek(r.tenant(), List.of(r.budget())).map(balances -> compared(r, balances.get(0)))));
        return Future.all(all).map(done -> done.list());
    }

    private static Compared compared(Recorded one, Balance balance) {
        long used = balance instanceof Balance.Budget budget ? budget.used() : 0;
        return new Compared(one.limit().name(), one.tenant(), one.budget(), one.used(), used, balance.held());
    }

    /** Charges what is missing, once: run again nothing is missing any more, and run twice at a time the second changes nothing. */
    public static Future<SettleReply> restore(Ledger ledger, Compared budget) {
        String what = budget.tenant() + '\n' + budget.budget().field() + '\n' + budget.recorded();
        UUID id = UUID.nameUUIDFromBytes(what.getBytes(StandardCharsets.UTF_8));
        Claim claim = new Claim(budget.budget(), 0, Math.min(Bucket.MAX_AMOUNT, budget.missing()));
        return ledger.settle(new Hold("restore-" + id, budget.tenant(), LEASE, List.of(claim)));
    }
}
