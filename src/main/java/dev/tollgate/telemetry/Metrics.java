package dev.tollgate.telemetry;

import dev.tollgate.admission.AdmissionListener;
import dev.tollgate.admission.Limit;
import dev.tollgate.admission.Plan;
import dev.tollgate.admission.Policy;
import dev.tollgate.admission.PolicyWatcher;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.ProfileModels;
import dev.tollgate.bedrock.Usage;
import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.tenant.Caller;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Every metric there is. No label value is empty; no histogram has a tenant; the number of series is bounded. */
public final class Metrics implements AdmissionListener, PolicyWatcher.Listener {

    private static final int MAX_LABEL_SETS = 5000;
    private static final Duration[] SHORT = buckets(
            50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000);
    private static final Duration[] LONG = buckets(
            50_000_000L,
            100_000_000L,
            250_000_000L,
            500_000_000L,
            1_000_000_000L,
            2_500_000_000L,
            5_000_000_000L,
            10_000_000_000L,
            30_000_000_000L,
            60_000_000_000L,
            300_000_000_000L);

    private final MeterRegistry registry;
    private final int maxTenants;
    private final Set<String> tenants = ConcurrentHashMap.newKeySet();
    private final Map<CallLabels, CallCounters> calls = new ConcurrentHashMap<>();
    private final Map<Tags, Timer> timers = new ConcurrentHashMap<>();
    private final Map<String, BudgetGauges> budgets = new ConcurrentHashMap<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger draining = new AtomicInteger();
    private final AtomicLong policyLoadedAt = new AtomicLong();
    private final Counter limited;

    public Metrics(MeterRegistry registry, int maxTenants, String version) {
        this.registry = registry;
        this.maxTenants = maxTenants;
        this.limited = counter("tollgate.series.limited", "Calls counted as _other, to bound the series", Tags.empty());
        gauge("tollgate.inflight.requests", "Calls in progress", Tags.empty(), inFlight::get);
        gauge("tollgate.draining.streams", "Answers read on after their client went away", Tags.empty(), draining::get);
        gauge(
                "tollgate.policy.timestamp.seconds",
                "Version of the policy in force",
                Tags.empty(),
                () -> policyLoadedAt.get() / 1000.0);
        gauge("tollgate.build.info", "Always 1", Tags.of("version", version), () -> 1);
        counter("tollgate.ledger.resets", "Times the ledger came back empty and was restored", Tags.empty());
        policyReload("success");
        policyReload("failure");
    }

    /** Lets the counters of all configured tenants and models exist at zero. */
    public void announce(Policy policy, Caller pod) {
        policy.aliases().keySet().forEach(alias -> {
            announce(policy, pod, alias);
            policy.tenants()
                    .forEach((name, facts) -> announce(
                            policy,
                            new Caller(
                                    name,
                                    pod.application(),
                                    facts.costCenter().orElse(pod.costCenter()),
                                    facts.environment().orElse(pod.environment()),
                                    pod.user()),
                            alias));
        });
    }

    private void announce(Policy policy, Caller caller, String alias) {
        ModelTarget target = policy.resolve(alias, caller, ProfileModels.NONE);
        call(caller, target);
    }

    /** Counters of one caller and model. */
    CallCounters call(Caller caller, ModelTarget target) {
        CallLabels labels = CallLabels.of(caller, target);
        CallCounters known = calls.get(labels);
        if (known != null) {
            return known;
        }
        if (tenants.size() >= maxTenants && !tenants.contains(caller.tenant())) {
            limited.increment();
            labels = labels.otherTenant();
        } else {
            tenants.add(caller.tenant());
        }
        if (calls.size() >= MAX_LABEL_SETS && !calls.containsKey(labels)) {
            limited.increment();
            labels = CallLabels.other();
        }
        return calls.computeIfAbsent(labels, l -> new CallCounters(registry, l.tags()));
    }

    public void requested(Caller caller, ModelTarget target) {
        call(caller, target).request();
    }

    public void approved(Caller caller, ModelTarget target, List<String> shadowDenied) {
        CallCounters counters = call(caller, target);
        counters.approve();
        shadowDenied.forEach(counters::shadowDeny);
    }

    public void denied(Caller caller, ModelTarget target, String limit) {
        call(caller, target).deny(limit);
    }

    public void invoked(Caller caller, ModelTarget target, boolean ok) {
        call(caller, target).invoked(ok);
    }

    public void used(Caller caller, ModelTarget target, Usage usage, long microUsd) {
        call(caller, target).used(usage, microUsd);
    }

    public void unknownPrice(ModelTarget target) {
        counter(
                        "tollgate.unknown.price",
                        "Calls of a model that the price book does not know",
                        Tags.of("model_id", calls.size() < MAX_LABEL_SETS ? target.metricId() : CallLabels.OTHER))
                .increment();
    }

    /** One answered call, in the OpenTelemetry GenAI names. */
    public void answered(Operation operation, String model, String errorType, long nanos, long firstChunkNanos) {
        Tags tags = Tags.of(
                "gen_ai_operation_name",
                operation.label(),
                "gen_ai_provider_name",
                "aws.bedrock",
                "gen_ai_request_model",
                timers.size() < MAX_LABEL_SETS ? model : CallLabels.OTHER,
                "error_type",
                errorType);
        timer("gen_ai.client.operation.duration", "Time from the request to the answer's end", tags, LONG)
                .record(nanos, TimeUnit.NANOSECONDS);
        if (firstChunkNanos > 0) {
            timer(
                            "gen_ai.client.operation.time_to_first_chunk",
                            "Time from the request to the answer's first bytes",
                            tags,
                            LONG)
                    .record(firstChunkNanos, TimeUnit.NANOSECONDS);
        }
    }

    /** @param phase read, decide or settle: what Tollgate itself added */
    public void overhead(String phase, long nanos) {
        timer("tollgate.overhead", "Time that Tollgate adds to a call", Tags.of("phase", phase), SHORT)
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    public void upstreamError(String type) {
        counter("tollgate.upstream.errors", "Errors of the upstream, before or inside an answer", Tags.of("type", type))
                .increment();
    }

    public AtomicInteger inFlight() {
        return inFlight;
    }

    public AtomicInteger draining() {
        return draining;
    }

    @Override
    public void ledgerFailed(String kind) {
        counter("tollgate.ledger.errors", "Ledger operations without an answer", Tags.of("kind", kind))
                .increment();
    }

    @Override
    public void failedOpen(String limit) {
        counter(
                        "tollgate.fail.open",
                        "Calls that passed a limit unchecked, as its policy says",
                        Tags.of("limit", limit))
                .increment();
    }

    @Override
    public void settlement(String tenant, String kind) {
        String named = tenants.contains(tenant) ? tenant : CallLabels.OTHER;
        counter(
                        "tollgate.settlements",
                        "Settlements that differ from the estimate or came by another way",
                        Tags.of("kind", kind, "tenant", named))
                .increment();
    }

    @Override
    public void ledgerAnswered(String operation, long nanos) {
        timer("tollgate.ledger", "Time of a ledger operation", Tags.of("op", operation), SHORT)
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    public void ledgerReset() {
        registry.counter("tollgate.ledger.resets").increment();
    }

    /** Shows the ledger's mode: 1 for the present one, 0 for the others. */
    public void ledgerMode(Supplier<String> mode, List<String> modes) {
        modes.forEach(m -> gauge(
                "tollgate.ledger.mode",
                "1 for the present mode",
                Tags.of("mode", m),
                () -> mode.get().equals(m) ? 1 : 0));
    }

    public void settlementBacklog(Supplier<Number> pending) {
        gauge("tollgate.settlement.backlog", "Settlements that wait for the ledger", Tags.empty(), pending);
    }

    @Override
    public void balances(String tenant, Plan plan, List<Balance> balances) {
        for (int i = 0; i < balances.size(); i++) {
            if (plan.claims().get(i).bucket() instanceof Bucket.Budget budget) {
                Limit.Budget quantity = (Limit.Budget) plan.limits().get(i).quantity();
                String limit = budget.field().substring(0, budget.field().lastIndexOf('@'));
                String owner = budget.shared() ? "all" : tenant;
                if (budgets.size() < MAX_LABEL_SETS || budgets.containsKey(owner + '\n' + limit)) {
                    budgets.computeIfAbsent(
                                    owner + '\n' + limit,
                                    k -> new BudgetGauges(registry, Tags.of("limit", limit, "tenant", owner), quantity))
                            .saw(budget, balances.get(i));
                }
            }
        }
    }

    @Override
    public void reloaded(Policy policy) {
        policyReload("success").increment();
        policyLoadedAt.set(policy.version());
    }

    @Override
    public void refused() {
        policyReload("failure").increment();
    }

    private Counter policyReload(String outcome) {
        return counter("tollgate.policy.reload", "Readings of the policy file", Tags.of("outcome", outcome));
    }

    private Counter counter(String name, String help, Tags tags) {
        return Counter.builder(name).description(help).tags(tags).register(registry);
    }

    private void gauge(String name, String help, Tags tags, Supplier<Number> value) {
        Gauge.builder(name, value).description(help).tags(tags).register(registry);
    }

    private Timer timer(String name, String help, Tags tags, Duration[] buckets) {
        return timers.computeIfAbsent(tags.and("name", name), k -> Timer.builder(name)
                .description(help)
                .tags(tags)
                .serviceLevelObjectives(buckets)
                .register(registry));
    }

    private static Duration[] buckets(long... nanos) {
        return java.util.Arrays.stream(nanos).mapToObj(Duration::ofNanos).toArray(Duration[]::new);
    }
}
