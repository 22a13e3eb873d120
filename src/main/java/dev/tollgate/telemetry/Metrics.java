package dev.tollgate.telemetry;

import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.Usage;
import dev.tollgate.policy.Limit;
import dev.tollgate.policy.Policy;
import dev.tollgate.policy.PolicyWatcher;
import dev.tollgate.tenant.Caller;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Every metric there is. No label value is empty; no histogram has a tenant; the number of series is bounded. */
public final class Metrics implements PolicyWatcher.Listener {

    // Eleven counters each; more would not fit a heap of 64 MB.
    private static final int MAX_LABEL_SETS = 2000;
    // Exist at zero from the start; others appear when they happen.
    private static final List<String> UPSTREAM_ERRORS =
            List.of("ThrottlingException", "ServiceUnavailableException", "InternalServerException");
    private final MeterRegistry registry;
    private final int maxTenants;
    private final Set<String> tenants = ConcurrentHashMap.newKeySet();
    private final GenAiMeters genAi;
    private final ByLabel<Timer> overhead;
    private final ModelNames modelIds = new ModelNames();
    private final Predicate<ModelTarget> real;
    private final Map<CallLabels, CallCounters> calls = new ConcurrentHashMap<>();
    private final Meters meters;
    private final LedgerMetrics ledger;
    private final AtomicLong policyLoadedAt = new AtomicLong();
    private final PodCounts counts = new PodCounts();
    private final Counter limited;
    private final Counter usageDropped;
    private final InstantSource clock;
    private volatile boolean policyCurrent = true;
    private volatile Policy policy = Policy.NONE;
    private volatile @Nullable Announcement announcement;

    /**
     * @param maxTenants that have series of their own
     * @param real whether the price book knows a model
     */
    public Metrics(
            MeterRegistry registry, int maxTenants, String version, InstantSource clock, Predicate<ModelTarget> real) {
        this.real = real;
        this.registry = registry;
        this.meters = new Meters(registry);
        this.genAi = new GenAiMeters(meters);
        this.overhead = new ByLabel<>(phase -> meters.timer(
                "tollgate.overhead", "Time that Tollgate adds to a call", Tags.of("phase", phase), Meters.SHORT));
        ForeignMeters.addTo(registry);
        this.ledger = new LedgerMetrics(registry, tenant -> tenants.contains(tenant) ? tenant : CallLabels.OTHER);
        this.clock = clock;
        this.maxTenants = maxTenants;
        this.limited =
                meters.counter("tollgate.series.limited", "Calls counted as _other, to bound the series", Tags.empty());
        meters.gauge(
                "tollgate.policy.timestamp.seconds",
                "When the policy in force was read",
                Tags.empty(),
                () -> policyLoadedAt.get() / 1000.0);
        meters.gauge(
                "tollgate.policy.current",
                "1 if the policy file is in force, 0 if it has mistakes and an older policy is",
                Tags.empty(),
                () -> policyCurrent ? 1 : 0);
        meters.gauge(
                "process.resident.memory.bytes",
                "Resident memory of this process, as Linux counts it",
                Tags.empty(),
                Meters::residentBytes);
        meters.gauge("tollgate.build.info", "Always 1", Tags.of("version", version), () -> 1);
        this.usageDropped = meters.counter(
                "tollgate.usage.records.dropped", "Usage records lost because their reader stalled", Tags.empty());
        policyReload("success");
        policyReload("failure");
        UPSTREAM_ERRORS.forEach(this::upstreamErrors);
    }

    /** The part that admission and ledger report to. */
    public LedgerMetrics ledger() {
        return ledger;
    }

    /**
     * Lets the counters of the tenants and models that this pod can see exist at zero, also after a reload: an agent that
     * ships differences loses a series' first value.
     *
     * @param mayName tenants other than the pod's own
     */
    public void announce(Policy policy, Function<Policy, Caller> pod, Predicate<String> mayName) {
        this.policy = policy;
        Announcement first = new Announcement(pod, mayName, this::call);
        announcement = first;
        announce(policy, first);
    }

    private void announce(Policy policy, Announcement announced) {
        announced.of(policy);
        policy.limits().stream()
                .filter(l -> l.onLedgerFailure() == Limit.OnLedgerFailure.OPEN)
                .forEach(l -> ledger.failOpen(l.name()));
    }

    /** Counters of one caller and model. */
    public CallCounters call(Caller caller, ModelTarget target) {
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
        if (!target.metricId().equals(modelIds.bounded(target.metricId(), real.test(target)))) {
            limited.increment();
            labels = labels.otherModel();
        }
        if (calls.size() >= MAX_LABEL_SETS && !calls.containsKey(labels)) {
            limited.increment();
            labels = CallLabels.other();
        }
        return calls.computeIfAbsent(labels, l -> announced(l, caller, target));
    }

    /** With what can deny such calls at zero, so that its first increase is one. */
    private CallCounters announced(CallLabels labels, Caller caller, ModelTarget target) {
        CallCounters counters = new CallCounters(registry, labels.tags());
        policy.limits().stream().filter(l -> l.matches(caller, target)).forEach(counters::announce);
        ledger.announce(caller.tenant());
        return counters;
    }

    /** What the status page shows beside the ledger's numbers. */
    public PodCounts counts() {
        return counts;
    }

    public void unknownPrice(ModelTarget target) {
        String model = modelIds.bounded(target.metricId(), false);
        counts.unknownPrice(model);
        meters.counter(
                        "tollgate.unknown.price",
                        "Calls of a model that the price book does not know",
                        Tags.of("model_id", model))
                .increment();
    }

    /**
     * How a call ended that went to the upstream.
     *
     * @param usage as it was reported, {@link Usage#NONE} if it was not
     * @param firstChunkNanos 0 if the answer is no stream, or none came
     */
    public record Answered(String error, Usage usage, long nanos, long firstChunkNanos) {}

    /** One call that went to the upstream, in the OpenTelemetry GenAI names. */
    public void answered(Operation operation, ModelTarget target, Answered answer) {
        genAi.ended(operation, target, real.test(target), answer);
    }

    /** @param phase read, decide or settle: what Tollgate itself added */
    public void overhead(String phase, long nanos) {
        overhead.of(phase).record(nanos, TimeUnit.NANOSECONDS);
    }

    public void upstreamError(String type) {
        counts.upstreamError();
        upstreamErrors(type).increment();
    }

    private Counter upstreamErrors(String type) {
        return meters.counter(
                "tollgate.upstream.errors",
                "Errors of the upstream, before or inside an answer",
                Tags.of("type", type));
    }

    /** @param outcome assumed or failed, of a role that is assumed for a tenant; denied or fallback, of a call without it */
    public Counter tenantRole(String outcome) {
        return meters.counter(
                "tollgate.tenant.role",
                "Sessions of tenants that STS gave (assumed) or not (failed), and calls that had none (denied, fallback)",
                Tags.of("outcome", outcome));
    }

    /** Shows the calls in progress, and the answers that are read on after their client went away. */
    public void openCalls(Supplier<Number> inFlight, Supplier<Number> draining) {
        meters.gauge("tollgate.inflight.requests", "Calls in progress", Tags.empty(), inFlight);
        meters.gauge(
                "tollgate.draining.streams",
                "Answers that are read on after their client went away",
                Tags.empty(),
                draining);
    }

    /** Shows whether the last request to Bedrock could be signed, and whether it could be sent. */
    public void upstreamUp(BooleanSupplier credentials, BooleanSupplier up) {
        meters.gauge(
                "tollgate.credentials.up",
                "1 unless the last request could not be signed",
                Tags.empty(),
                () -> credentials.getAsBoolean() ? 1 : 0);
        meters.gauge(
                "tollgate.upstream.up",
                "1 unless the last request could not be signed or no connection could be made",
                Tags.empty(),
                () -> up.getAsBoolean() ? 1 : 0);
    }

    /** Counts a call that Tollgate itself refused, before any limit. */
    public void refused(String reason) {
        meters.counter("tollgate.refused", "Calls that Tollgate refused before any limit", Tags.of("reason", reason))
                .increment();
    }

    /** Counts a usage record that was lost because its reader stalled. */
    public void usageRecordDropped() {
        usageDropped.increment();
    }

    @Override
    public void reloaded(Policy policy) {
        this.policy = policy;
        policyReload("success").increment();
        policyCurrent = true;
        policyLoadedAt.set(clock.millis());
        Announcement again = announcement;
        if (again != null) {
            announce(policy, again);
        }
    }

    @Override
    public void refused() {
        policyReload("failure").increment();
        policyCurrent = false;
    }

    private Counter policyReload(String outcome) {
        return meters.counter("tollgate.policy.reload", "Readings of the policy file", Tags.of("outcome", outcome));
    }
}
