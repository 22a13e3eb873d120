package dev.tollgate.sidecar;

import dev.tollgate.admission.Admission;
import dev.tollgate.admission.LedgerGuard;
import dev.tollgate.admission.LimitsNow;
import dev.tollgate.bedrock.ProfileModels;
import dev.tollgate.control.LimitsPage;
import dev.tollgate.ledger.Ledger;
import dev.tollgate.ledger.local.LocalLedger;
import dev.tollgate.ledger.redis.RedisLedger;
import dev.tollgate.policy.Policy;
import dev.tollgate.policy.PolicyWatcher;
import dev.tollgate.pricing.Estimator;
import dev.tollgate.pricing.PriceBook;
import dev.tollgate.proxy.CallReader;
import dev.tollgate.proxy.Completion;
import dev.tollgate.proxy.DataPort;
import dev.tollgate.proxy.DenialConfig;
import dev.tollgate.proxy.Intake;
import dev.tollgate.proxy.OpenCalls;
import dev.tollgate.proxy.Proxy;
import dev.tollgate.proxy.ProxyConfig;
import dev.tollgate.proxy.Relays;
import dev.tollgate.telemetry.Metrics;
import dev.tollgate.telemetry.UsageConfig;
import dev.tollgate.telemetry.UsageLog;
import dev.tollgate.tenant.Caller;
import dev.tollgate.tenant.CallerResolver;
import dev.tollgate.tenant.IdentityConfig;
import dev.tollgate.upstream.Endpoint;
import dev.tollgate.upstream.InferenceProfiles;
import dev.tollgate.upstream.Upstream;
import dev.tollgate.upstream.UpstreamConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.redis.client.Redis;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Puts the rooms together and hangs them on Quarkus' ports. */
@Singleton
public class Sidecar {

    private static final Logger LOG = Logger.getLogger(Sidecar.class);
    private static final Duration CREDENTIALS_DEADLINE = Duration.ofSeconds(10);
    private static final Duration CONTROL_PLANE_DEADLINE = Duration.ofSeconds(2);

    private final Vertx vertx;
    private final TollgateConfig config;
    private final Proxy proxy;
    private final ProxyConfig proxyConfig;
    private final Metrics metrics;
    private final OpenCalls openCalls;
    private final Admission admission;
    private final UsageLog usageLog;
    private final LimitsPage limits;
    private final Optional<RedisLedger> redisLedger;
    private final long stopMillis;
    private final Map<String, Supplier<String>> modes;

    @Inject
    Sidecar(
            Vertx vertx,
            MeterRegistry registry,
            Instance<Redis> redis,
            TollgateConfig config,
            IdentityConfig identity,
            UpstreamConfig upstreamConfig,
            ProxyConfig proxyConfig,
            DenialConfig denials,
            UsageConfig usage,
            @ConfigProperty(name = "quarkus.application.version") String version,
            @ConfigProperty(name = "hostname") Optional<String> hostname) {
        this.vertx = vertx;
        this.proxyConfig = proxyConfig;
        this.config = config;
        this.stopMillis = proxyConfig.shutdownGrace().toMillis() + 2000;
        InstantSource clock = InstantSource.system();
        String pod = UUID.randomUUID().toString();
        PriceBook book = prices();
        this.metrics = new Metrics(
                registry, config.metrics().maxTenants(), version, clock, target -> book.quote(target, LocalDate.MAX, 0)
                        .known());
        CallerResolver callers = new CallerResolver(identity);
        Supplier<Policy> policy = policy(metrics);
        Caller podCaller = callers.pod(policy.get()::tenant);
        metrics.announce(policy.get(), p -> callers.pod(p::tenant), callers::mayName);
        Estimator estimator = new Estimator(book, config.estimate(), clock);

        TollgateConfig.LedgerConfig books = config.ledger();
        Ledger ledger;
        LedgerGuard guard;
        IntSupplier pods;
        Supplier<String> ledgerMode;
        if (books.kind() == TollgateConfig.Kind.MEMORY) {
            LOG.warn("The ledger is in memory: limits hold for this one process and are forgotten when it ends");
            this.redisLedger = Optional.empty();
            ledger = new LocalLedger(clock);
            guard = Supplier::get;
            pods = () -> 1;
            ledgerMode = () -> "memory";
            metrics.ledgerMode(ledgerMode, List.of("memory"));
        } else {
            RedisLedger shared = new RedisLedger(
                    vertx,
                    redis.get(),
                    books.org(),
                    pod,
                    books.maxInFlight(),
                    books.recovery().toMillis(),
                    metrics::ledgerReset);
            this.redisLedger = Optional.of(shared);
            shared.start().onFailure(e -> LOG.debugf("Redis is not there yet: %s", e.getMessage()));
            DeadlineGuard deadline = DeadlineGuard.ledger(books.deadline());
            ledger = shared;
            guard = deadline;
            pods = shared::pods;
            ledgerMode = deadline::mode;
            metrics.ledgerMode(ledgerMode, List.of("closed", "open", "half_open"));
        }
        LimitsNow now = new LimitsNow(ledger, policy, podCaller, clock);
        this.limits = new LimitsPage(now);
        Admission admission = new Admission(
                vertx, ledger, guard, policy, clock, books.lease(), books.outageGrace(), pods, metrics, now);
        metrics.settlementBacklog(admission::pendingSettlements);
        Optional<String> bearer = upstreamConfig.bearerToken().or(() -> env("AWS_BEARER_TOKEN_BEDROCK"));
        Endpoint endpoint = Endpoint.of(upstreamConfig, env("AWS_REGION").or(() -> env("AWS_DEFAULT_REGION")));
        DeadlineGuard credentials = DeadlineGuard.seldom("credentials", CREDENTIALS_DEADLINE);
        DeadlineGuard controlPlane = DeadlineGuard.seldom("control-plane", CONTROL_PLANE_DEADLINE);
        this.modes =
                Map.of("ledger", ledgerMode, "credentials", credentials::mode, "control-plane", controlPlane::mode);
        Upstream upstream = new Upstream(vertx, upstreamConfig, endpoint, bearer, credentials);
        ProfileModels profiles = Endpoint.control(upstreamConfig, endpoint)
                .<ProfileModels>map(control -> new InferenceProfiles(
                        new Upstream(vertx, upstreamConfig, control, bearer, credentials), controlPlane, clock))
                .orElse(ProfileModels.NONE);
        OpenCalls openCalls = new OpenCalls(vertx, proxyConfig);
        this.openCalls = openCalls;
        metrics.openCalls(openCalls::count, openCalls::draining);
        metrics.upstreamUp(upstream::sound);
        this.admission = admission;
        try {
            this.usageLog = new UsageLog(usage, metrics::usageRecordDropped);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        CallReader reader =
                new CallReader(callers, policy, estimator, profiles, config.metadata() == TollgateConfig.Metadata.ADD);
        this.proxy = new Proxy(
                new Intake(vertx, proxyConfig, openCalls),
                reader,
                admission,
                upstream,
                new Relays(vertx, openCalls, upstream.idleTimeout(), proxyConfig.drainTimeout()),
                metrics,
                new Completion(denials, openCalls, estimator, metrics, usageLog, clock, hostname.orElse(pod)));
        LOG.infof(
                "Tollgate %s: 127.0.0.1:%d -> %s, tenant %s, %d limits, prices %s",
                version,
                config.port(),
                endpoint.authority(),
                podCaller.tenant(),
                policy.get().limits().size(),
                estimator.priceVersion());
    }

    private Supplier<Policy> policy(Metrics metrics) {
        if (config.policy().file().isEmpty()) {
            LOG.warn("No tollgate.policy.file: calls are metered, nothing is limited");
            return () -> Policy.NONE;
        }
        try {
            return PolicyWatcher.start(
                    vertx, config.policy().file().get(), config.policy().checkEvery(), metrics);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private PriceBook prices() {
        return config.prices().file().map(PriceBook::read).orElseGet(PriceBook::bundled);
    }

    /** The state of the breakers before Redis (or memory), credentials and control plane. */
    Map<String, Supplier<String>> modes() {
        return modes;
    }

    private static Optional<String> env(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(v -> !v.isBlank());
    }

    void data(@Observes Router router) throws InterruptedException, ExecutionException {
        DataPort data = new DataPort(
                vertx,
                proxyConfig,
                request -> {
                    if (request.path() != null && request.path().startsWith("/tollgate/")) {
                        router.handle(request);
                    } else {
                        proxy.handle(request);
                    }
                },
                metrics::refused);
        data.listen(config.port()).toCompletionStage().toCompletableFuture().get();
    }

    void management(@Observes ManagementInterface management) {
        management.router().get("/tollgate/v1/limits").handler(limits::handle);
    }

    /** Takes no more calls, lets the open ones end within the grace time, and sees their settlements through. */
    void drain(@Observes ShutdownDelayInitiatedEvent event) {
        try {
            openCalls
                    .stop()
                    .compose(v -> admission.drain())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(stopMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            LOG.warn("Stopped before every settlement had reached the ledger; the leases charge the estimates");
        }
        redisLedger.ifPresent(RedisLedger::close);
        usageLog.close();
    }
}
