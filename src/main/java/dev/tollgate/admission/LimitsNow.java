package dev.tollgate.admission;

import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.ProfileModels;
import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Ledger;
import dev.tollgate.policy.Limit;
import dev.tollgate.policy.Policy;
import dev.tollgate.tenant.Caller;
import dev.tollgate.tenant.CallerResolver.TenantFacts;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The limits as they stand, for the callers and models that are configured or were seen by this pod. */
public final class LimitsNow {

    private static final int MAX_SEEN = 1000;

    // Stands for whatever model: shows limits that do not ask for one before the first call.
    private static final ModelTarget ANY = ModelTarget.of(ModelId.parse("any"), Optional.empty());

    private final Ledger ledger;
    private final Supplier<Policy> policy;
    private final Caller pod;
    private final InstantSource clock;
    private final Set<Seen> seen = ConcurrentHashMap.newKeySet();

    private record Seen(Caller caller, ModelTarget target) {}

    private record Row(Limit limit, String tenant, Bucket bucket) {}

    public LimitsNow(Ledger ledger, Supplier<Policy> policy, Caller pod, InstantSource clock) {
        this.ledger = ledger;
        this.policy = policy;
        this.pod = pod;
        this.clock = clock;
    }

    /** Remembers a caller and a model, up to a bound. */
    public void saw(Caller caller, ModelTarget target) {
        if (seen.size() < MAX_SEEN) {
            seen.add(new Seen(caller, target));
        }
    }

    public Future<List<LimitStatus>> all() {
        Policy now = policy.get();
        Map<String, Map<String, Row>> byTenant = new LinkedHashMap<>();
        for (Seen one : known(now)) {
            for (Limit limit : now.limits()) {
                boolean asked = !one.target.equals(ANY) || !limit.asksForModel();
                if (asked && limit.matches(one.caller, one.target)) {
                    Bucket bucket = Plan.bucket(limit, now.version(), one.caller, one.target, clock.instant());
                    String tenant = bucket.shared() ? "all" : one.caller.tenant();
                    byTenant.computeIfAbsent(tenant, k -> new LinkedHashMap<>())
                            .putIfAbsent(bucket.field(), new Row(limit, tenant, bucket));
                }
            }
        }
        List<Future<List<LimitStatus>>> asked = new ArrayList<>();
        byTenant.forEach((tenant, rows) -> asked.addAll(peek(tenant, List.copyOf(rows.values()))));
        return Future.all(asked).map(all -> all.<List<LimitStatus>>list().stream()
                .flatMap(List::stream)
                .toList());
    }

    private List<Seen> known(Policy now) {
        List<Seen> known = new ArrayList<>(seen);
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

    /** In parts that the ledger takes. */
    private List<Future<List<LimitStatus>>> peek(String tenant, List<Row> rows) {
        List<Future<List<LimitStatus>>> parts = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += 32) {
            List<Row> part = rows.subList(from, Math.min(rows.size(), from + 32));
            parts.add(ledger.peek(tenant, part.stream().map(Row::bucket).toList())
                    .map(balances -> statuses(part, balances)));
        }
        return parts;
    }

    private List<LimitStatus> statuses(List<Row> rows, List<Balance> balances) {
        List<LimitStatus> out = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            out.add(status(rows.get(i), balances.get(i)));
        }
        return out;
    }

    private LimitStatus status(Row row, Balance balance) {
        String field = row.bucket.field();
        String unit = row.limit.quantity().weight().label();
        if (row.bucket instanceof Bucket.Rate rate) {
            return new LimitStatus(
                    row.limit.name(),
                    field,
                    row.tenant,
                    "rate",
                    unit,
                    rate.enforced(),
                    rate.burst() - balance.level(),
                    0,
                    rate.burst(),
                    Math.max(0, balance.level()),
                    clock.millis() + balance.fullAfterMillis());
        }
        if (row.bucket instanceof Bucket.Budget budget) {
            return new LimitStatus(
                    row.limit.name(),
                    field.substring(0, field.lastIndexOf('@')),
                    row.tenant,
                    "budget",
                    unit,
                    budget.enforced(),
                    balance.used(),
                    balance.held(),
                    budget.limit(),
                    Math.max(0, budget.limit() - balance.used() - balance.held()),
                    budget.endMillis());
        }
        long most = ((Bucket.Concurrency) row.bucket).limit();
        return new LimitStatus(
                row.limit.name(),
                field,
                row.tenant,
                "concurrency",
                "requests",
                row.bucket.enforced(),
                0,
                balance.held(),
                most,
                Math.max(0, most - balance.held()),
                0);
    }
}
