package dev.tollgate.admission;

import dev.tollgate.admission.LimitStatus.Row;
import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.ProfileModels;
import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.BucketKey;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.Ledger;
import dev.tollgate.policy.Dimension;
import dev.tollgate.policy.Limit;
import dev.tollgate.policy.Policy;
import dev.tollgate.tenant.Caller;
import dev.tollgate.tenant.CallerResolver.TenantFacts;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The limits as they are, for the callers and models that are configured or were seen by this pod. */
public final class LimitsNow {

    // Callers with a model, in each of two halves.
    private static final int MAX_SEEN = 2000;
    private static final int CHUNKS_AT_ONCE = 8;

    // The owner of what tenants share.
    private static final String ALL = "all";

    // Stands for whatever model: shows limits that do not depend on one before the first call.
    private static final ModelTarget ANY = ModelTarget.of(ModelId.parse("any"), Optional.empty());

    private final Ledger ledger;
    private final Supplier<Policy> policy;
    private final Caller pod;
    private final InstantSource clock;
    private volatile Halves seen = new Halves(Set.of());
    private final AtomicReference<@Nullable LimitsSnapshot> last = new AtomicReference<>();
    private final AtomicReference<@Nullable Future<LimitsSnapshot>> running = new AtomicReference<>();

    // Written out because it is looked up on every call, and native-image interprets a record's own.
    private record Seen(Caller caller, ModelTarget target) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Seen that && caller.equals(that.caller) && target.equals(that.target);
        }

        @Override
        public int hashCode() {
            return 31 * caller.hashCode() + target.hashCode();
        }
    }

    /** Who called since the newer half was begun, and who did before: the longest silent are forgotten first. */
    private record Halves(Set<Seen> newer, Set<Seen> older) {
        Halves(Set<Seen> older) {
            this(ConcurrentHashMap.newKeySet(), older);
        }
    }

    /** Rows that one question to the ledger covers. */
    private record Chunk(String tenant, List<Row> rows) {}

    public LimitsNow(Ledger ledger, Supplier<Policy> policy, Caller pod, InstantSource clock) {
        this.ledger = ledger;
        this.policy = policy;
        this.pod = pod;
        this.clock = clock;
    }

    /** Remembers a caller and a model; names that are made up cannot push out those that call. */
    public void saw(Caller caller, ModelTarget target) {
        Halves now = seen;
        if (now.newer.add(new Seen(caller, target)) && now.newer.size() >= MAX_SEEN) {
            turn(now);
        }
    }

    private synchronized void turn(Halves full) {
        if (seen.newer == full.newer) {
            seen = new Halves(full.newer);
        }
    }

    /**
     * Asks the ledger, a few buckets at a time; the last values if it does not answer, a failure if there are none. Callers
     * that come meanwhile share the answer.
     */
    public Future<LimitsSnapshot> poll() {
        Future<LimitsSnapshot> already = running.get();
        if (already != null && !already.isComplete()) {
            return already;
        }
        Future<LimitsSnapshot> asked = prepared()
                .compose(chunks -> ask(chunks, 0, new ArrayList<>()))
                .map(limits -> {
                    LimitsSnapshot snapshot = new LimitsSnapshot(limits, clock.instant());
                    last.set(snapshot);
                    return snapshot;
                })
                .recover(failure -> {
                    LimitsSnapshot known = last.get();
                    return known == null ? Future.failedFuture(failure) : Future.succeededFuture(known);
                });
        running.set(asked);
        return asked;
    }

    /** The limits of {@link #poll}. */
    public Future<List<LimitStatus>> all() {
        return poll().map(LimitsSnapshot::limits);
    }

    /** In a loop as long as answers are there at once: those of thousands of tenants in memory would fill the stack. */
    private Future<List<LimitStatus>> ask(List<Chunk> chunks, int from, List<LimitStatus> out) {
        for (int at = from; at < chunks.size(); at += CHUNKS_AT_ONCE) {
            int to = Math.min(chunks.size(), at + CHUNKS_AT_ONCE);
            Future<Boolean> asked = ask(chunks.subList(at, to)).map(out::addAll);
            if (!asked.succeeded()) {
                return asked.compose(added -> ask(chunks, to, out));
            }
        }
        return Future.succeededFuture(List.copyOf(out));
    }

    private Future<List<LimitStatus>> ask(List<Chunk> chunks) {
        List<Future<List<LimitStatus>>> asked = chunks.stream()
                .map(chunk -> ledger.peek(
                                chunk.tenant,
                                chunk.rows.stream().map(Row::bucket).toList())
                        .map(balances -> statuses(chunk.rows, balances)))
                .toList();
        return Future.all(asked).map(all -> all.<List<LimitStatus>>list().stream()
                .flatMap(List::stream)
                .toList());
    }

    private List<LimitStatus> statuses(List<Row> rows, List<Balance> balances) {
        List<LimitStatus> out = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            out.add(LimitStatus.of(rows.get(i), balances.get(i), clock.millis()));
        }
        return out;
    }

    /** With thousands of tenants this takes longer than an event loop may be busy. */
    private Future<List<Chunk>> prepared() {
        Context context = Vertx.currentContext();
        return context == null ? Future.succeededFuture(chunks()) : context.executeBlocking(this::chunks, false);
    }

    private List<Chunk> chunks() {
        Policy now = policy.get();
        Map<String, List<Limit>> byOwner = now.limits().stream().collect(Collectors.groupingBy(Limit::owner));
        Map<String, Map<BucketKey, Row>> byTenant = new LinkedHashMap<>();
        for (Seen one : known(now)) {
            for (Limit limit : concerning(one.caller.tenant(), byOwner)) {
                boolean applies = !one.target.equals(ANY) || !limit.asksForModel();
                if (applies && limit.matches(one.caller, one.target)) {
                    Row row = row(limit, now.version(), one);
                    byTenant.computeIfAbsent(row.tenant(), k -> new LinkedHashMap<>())
                            .putIfAbsent(row.bucket().key(one.caller.tenant()), row);
                }
            }
        }
        List<Chunk> chunks = new ArrayList<>();
        byTenant.forEach((tenant, rows) -> {
            List<Row> all = List.copyOf(rows.values());
            for (int from = 0; from < all.size(); from += Hold.MAX_CLAIMS) {
                chunks.add(new Chunk(tenant, all.subList(from, Math.min(all.size(), from + Hold.MAX_CLAIMS))));
            }
        });
        return chunks;
    }

    /** Without those of other tenants: a file may hold a limit for each of thousands. */
    private static List<Limit> concerning(String tenant, Map<String, List<Limit>> byOwner) {
        List<Limit> limits = new ArrayList<>(byOwner.getOrDefault(ALL, List.of()));
        if (!tenant.equals(ALL)) {
            limits.addAll(byOwner.getOrDefault(tenant, List.of()));
        }
        return limits;
    }

    private Row row(Limit limit, long version, Seen one) {
        Bucket bucket = Buckets.of(limit, version, one.caller, one.target, clock.instant());
        Optional<String> model =
                limit.per().contains(Dimension.MODEL) ? Optional.of(one.target.name()) : Optional.empty();
        return new Row(
                limit,
                Buckets.display(limit, one.caller, one.target),
                bucket.shared() ? ALL : one.caller.tenant(),
                model,
                bucket);
    }

    private Set<Seen> known(Policy now) {
        Halves halves = seen;
        Set<Seen> known = new LinkedHashSet<>(halves.newer);
        known.addAll(halves.older);
        known.add(new Seen(pod, ANY));
        now.tenants().forEach((name, facts) -> known.add(new Seen(caller(name, facts), ANY)));
        now.aliases().keySet().forEach(alias -> {
            known.add(new Seen(pod, now.resolve(alias, pod, ProfileModels.NONE)));
            now.tenants().forEach((name, facts) -> {
                Caller caller = caller(name, facts);
                known.add(new Seen(caller, now.resolve(alias, caller, ProfileModels.NONE)));
            });
        });
        return known;
    }

    private Caller caller(String tenant, TenantFacts facts) {
        return new Caller(
                tenant,
                pod.application(),
                facts.costCenter().orElse(pod.costCenter()),
                facts.environment().orElse(pod.environment()),
                pod.user());
    }
}
