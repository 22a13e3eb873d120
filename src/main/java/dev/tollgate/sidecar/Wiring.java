package dev.tollgate.sidecar;

import dev.tollgate.admission.Admission;
import dev.tollgate.admission.AdmissionSettings;
import dev.tollgate.admission.LimitsNow;
import dev.tollgate.control.ManagementPages;
import dev.tollgate.control.PodFacts;
import dev.tollgate.control.Visibility;
import dev.tollgate.invocations.Invocations;
import dev.tollgate.ledger.LedgerConfig;
import dev.tollgate.policy.Names;
import dev.tollgate.policy.Policy;
import dev.tollgate.policy.PolicyState;
import dev.tollgate.pricing.Estimator;
import dev.tollgate.pricing.PriceBook;
import dev.tollgate.proxy.CallReader;
import dev.tollgate.proxy.Completion;
import dev.tollgate.proxy.Intake;
import dev.tollgate.proxy.ModelList;
import dev.tollgate.proxy.OpenCalls;
import dev.tollgate.proxy.Proxy;
import dev.tollgate.proxy.Relays;
import dev.tollgate.telemetry.BudgetNotices;
import dev.tollgate.telemetry.Metrics;
import dev.tollgate.telemetry.OtlpResource;
import dev.tollgate.telemetry.Tracing;
import dev.tollgate.telemetry.UsageLog;
import dev.tollgate.tenant.Caller;
import dev.tollgate.tenant.CallerResolver;
import dev.tollgate.tenant.IdentityConfig;
import dev.tollgate.upstream.TenantRoleOutcome;
import dev.tollgate.upstream.Upstream;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Puts the rooms together, one method a room, in the order in which they need each other. */
final class Wiring {

    private static final Logger LOG = Logger.getLogger(Wiring.class);
    // Budgets change by other pods too, so their gauges follow the ledger and not this pod's calls.
    private static final long FIRST_POLL_MILLIS = 200;
    private static final long POLL_MILLIS = 15_000;

    // A webhook or an OTLP receiver that does not answer must not hold up the end of the process.
    private static final long NOTICES_MILLIS = 1000;

    private final Platform platform;
    private final Slices slices;
    private final PriceBook prices;
    private final Metrics metrics;
    private final BudgetNotices notices;
    private final CallerResolver callers;
    private final Supplier<PolicyState> policyState;
    private final Supplier<Policy> policy;
    private final Caller pod;
    private final Estimator estimator;
    private final LedgerWiring ledger;
    private final LimitsNow limits;
    private final Admission admission;
    private final UpstreamRoom upstream;
    private final Names names;
    private final UsageLog usageLog;
    private final Tracing tracing;
    private final OpenCalls openCalls;
    private final Intake intake;
    private final Proxy proxy;
    private final ControlRoom control;

    Wiring(Platform platform, Slices slices) {
        this.platform = platform;
        this.slices = slices;
        this.prices = slices.prices();
        this.metrics = telemetry();
        this.notices = BudgetNotices.of(platform.vertx(), platform.registry(), slices.notices());
        notices.listenTo(metrics.ledger());
        this.callers = new CallerResolver(slices.identity());
        this.policyState = PolicyRoom.of(platform, slices.policy(), metrics);
        this.policy = () -> policyState.get().policy();
        this.pod = callers.pod(policy.get()::tenant);
        metrics.announce(policy.get(), p -> callers.pod(p::tenant), callers::mayName);
        this.estimator = new Estimator(prices, slices.pricing().estimate(), platform.clock());
        this.ledger = ledgerRoom();
        this.limits = new LimitsNow(ledger.books().ledger(), policy, pod, platform.clock());
        this.admission = admissionRoom();
        this.upstream = upstreamRoom();
        this.names = new Names(
                policy,
                slices.modelNames(prices, Optional.of(upstream.endpoint().region())),
                upstream.profiles());
        this.usageLog = usageLog();
        this.tracing = tracing();
        this.openCalls = new OpenCalls(platform.vertx(), slices.proxy(), platform.clock(), tracing);
        this.intake = new Intake(platform.vertx(), slices.proxy(), openCalls);
        this.proxy = proxyRoom();
        this.control = controlRoom();
        upstream.runtime().prepare();
        if (slices.ledger().kind() == LedgerConfig.Kind.REDIS) {
            Warmup.run(estimator);
        }
        platform.vertx()
                .setPeriodic(FIRST_POLL_MILLIS, POLL_MILLIS, t -> limits.poll().onSuccess(metrics.ledger()::budgets));
    }

    private Metrics telemetry() {
        return new Metrics(
                platform.registry(),
                slices.metrics().maxTenants(),
                platform.version(),
                platform.clock(),
                target -> target.pricedModel().map(prices::knows).orElse(false));
    }

    private LedgerWiring ledgerRoom() {
        LedgerWiring room = LedgerWiring.of(
                platform.vertx(), platform.clock(), slices.ledger(), platform.instance(), metrics.ledger());
        metrics.ledger().ledgerMode(room.mode(), room.modes());
        metrics.ledger().ledgerHealth(room.books().health());
        return room;
    }

    private Admission admissionRoom() {
        LedgerConfig config = slices.ledger();
        AdmissionSettings settings = new AdmissionSettings(
                config.lease(),
                config.outageGrace(),
                config.recovery(),
                config.expectedPods(),
                slices.pricing().estimate() == Estimator.Mode.BOUND);
        Admission room = new Admission(
                platform.vertx(), platform.clock(), ledger.books(), policy, settings, metrics.ledger(), limits);
        metrics.ledger().settlementBacklog(room::pendingSettlements);
        return room;
    }

    private UpstreamRoom upstreamRoom() {
        if (slices.assumesTenantRole()) {
            Stream.of(TenantRoleOutcome.values()).map(TenantRoleOutcome::label).forEach(metrics::tenantRole);
        } else if (slices.upstream().tenantRole().isPresent()) {
            LOG.warn(
                    "tollgate.upstream.tenant-role has no effect: tollgate.identity.trust is pod, so the pod's own role"
                            + " already tells its tenant");
        }
        return UpstreamRoom.of(
                platform, slices, outcome -> metrics.tenantRole(outcome).increment());
    }

    private UsageLog usageLog() {
        try {
            return new UsageLog(slices.usage(), metrics::usageRecordDropped);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Tracing tracing() {
        OtlpResource resource = OtlpResource.of(
                platform.version(),
                platform.instance(),
                platform.host(),
                slices.given("OTEL_SERVICE_NAME"),
                slices.given("OTEL_RESOURCE_ATTRIBUTES"));
        return new Tracing(
                platform.vertx(),
                platform.registry(),
                platform.clock(),
                slices.otlp(),
                resource,
                upstream.endpoint().host(),
                upstream.endpoint().port());
    }

    private Proxy proxyRoom() {
        Upstream runtime = upstream.runtime();
        metrics.openCalls(openCalls::count, openCalls::draining);
        metrics.upstreamUp(runtime::canSign, runtime::sound);
        return new Proxy(
                intake,
                new CallReader(callers, policy, estimator, names, slices.addsMetadata()),
                admission,
                runtime,
                Relays.of(platform.vertx(), openCalls, runtime.idleTimeout(), slices.proxy()),
                metrics,
                new Completion(
                        slices.denial(),
                        openCalls,
                        estimator,
                        metrics,
                        usageLog,
                        tracing,
                        platform.clock(),
                        platform.host()));
    }

    Proxy proxy() {
        return proxy;
    }

    Invocations invocations() {
        return new Invocations(proxy, names);
    }

    ModelList models() {
        return new ModelList(intake, names, prices.modelNames());
    }

    /** Counts a request that was refused before it reached the proxy. */
    void refused(String reason) {
        metrics.refused(reason);
    }

    /** Where the ledger is asked. */
    Optional<Context> ledgerLoop() {
        return ledger.loop();
    }

    /** Accepts no more calls; completes when the open ones have ended and their settlements are in the ledger. */
    Future<Void> stop() {
        return openCalls
                .stop()
                .compose(v -> admission.drain())
                .compose(v -> Future.any(
                        Future.all(notices.idle(), tracing.flush()),
                        platform.vertx().timer(NOTICES_MILLIS)))
                .mapEmpty();
    }

    private ControlRoom controlRoom() {
        boolean servesOthers = slices.identity().trust() == IdentityConfig.Trust.REQUEST;
        Visibility shown = new Visibility(policy, pod.tenant(), servesOthers, callers::mayName);
        PodFacts facts = new PodFacts(
                platform.version(),
                pod.tenant(),
                ledger.facts(admission, slices.ledger().expectedPods().isPresent()),
                policyState,
                upstream.facts(),
                metrics.counts(),
                usageLog.recent());
        return ControlRoom.of(platform, slices, facts, limits, ledger, shown);
    }

    ManagementPages control() {
        return control.pages();
    }

    /** States of the breakers before the ledger, credentials and control plane, and whether the ledger answers. */
    Map<String, Supplier<String>> modes() {
        Map<String, Supplier<String>> modes = new HashMap<>(upstream.modes());
        modes.put("ledger", ledger.mode());
        modes.put(
                "ledger-up", () -> String.valueOf(ledger.books().health().get().up()));
        return Map.copyOf(modes);
    }

    /** Ends what lives longer than the last call. */
    void close() {
        control.events().close();
        ledger.close().get().onFailure(e -> LOG.debugf("The ledger's connection did not close: %s", e.getMessage()));
        usageLog.close();
    }

    /** What runs, in one line. */
    String startLine() {
        TollgateConfig root = slices.root();
        return "Tollgate %s: http://127.0.0.1:%d -> %s, management port %d, tenant %s, policy %s, prices %s, ledger %s"
                .formatted(
                        platform.version(),
                        root.port(),
                        upstream.endpoint().authority(),
                        root.managementPort(),
                        pod.tenant(),
                        policyText(),
                        estimator.priceVersion(),
                        ledgerText(root));
    }

    private String policyText() {
        int count = policy.get().limits().size();
        return slices.policy()
                .file()
                .map(file -> file + " (" + count + (count == 1 ? " limit)" : " limits)"))
                .orElse("none");
    }

    private String ledgerText(TollgateConfig root) {
        return slices.ledger().kind() == LedgerConfig.Kind.MEMORY ? "memory" : Setting.servers(root.redisUrl());
    }
}
