package dev.tollgate.sidecar;

import dev.tollgate.invocations.Invocations;
import dev.tollgate.proxy.DataPort;
import dev.tollgate.proxy.ModelList;
import dev.tollgate.proxy.Proxy;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.vertx.http.ManagementInterface;
import io.smallrye.config.SmallRyeConfig;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.redis.client.Redis;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** The rooms on Quarkus' ports: routes, start and stop. */
@Singleton
public class Sidecar {

    private static final Logger LOG = Logger.getLogger(Sidecar.class);
    // Of quarkus-rest resources; whatever else is below /tollgate/ is an unknown operation like any other.
    private static final Map<String, HttpMethod> RESOURCES =
            Map.of("/tollgate/v1/invocations", HttpMethod.POST, "/tollgate/v1/openapi.yaml", HttpMethod.GET);
    // For the settlements of the calls that were cut when the grace time ended.
    private static final Duration SETTLING = Duration.ofSeconds(2);

    private final Vertx vertx;
    private final Slices slices;
    private final Wiring wiring;
    private final Proxy proxy;

    @Inject
    Sidecar(Vertx vertx, MeterRegistry registry, Instance<Redis> redis, SmallRyeConfig config) {
        this.vertx = vertx;
        this.slices = new Slices(config);
        String instance = UUID.randomUUID().toString();
        this.wiring = new Wiring(
                new Platform(
                        vertx,
                        only(registry),
                        redis::get,
                        InstantSource.system(),
                        config.getValue("quarkus.application.version", String.class),
                        instance,
                        slices.given("HOSTNAME").orElse(instance)),
                slices);
        this.proxy = wiring.proxy();
        StartCheck.misspelt(config).forEach(LOG::warn);
        LOG.info(wiring.startLine());
    }

    /** The one registry inside the composite, which would look for it at each count. */
    private static MeterRegistry only(MeterRegistry registry) {
        return registry instanceof CompositeMeterRegistry all
                        && all.getRegistries().size() == 1
                ? all.getRegistries().iterator().next()
                : registry;
    }

    /** States of the breakers before ledger, credentials and control plane. */
    Map<String, Supplier<String>> modes() {
        return wiring.modes();
    }

    /** The friendly API, for its quarkus-rest resource. */
    @Produces
    @Singleton
    Invocations invocations() {
        return wiring.invocations();
    }

    void data(@Observes Router router) throws InterruptedException, ExecutionException {
        ModelList models = wiring.models();
        DataPort data = new DataPort(
                vertx,
                wiring.ledgerLoop(),
                slices.proxy(),
                request -> {
                    if (request.method().equals(RESOURCES.get(String.valueOf(request.path())))) {
                        router.handle(request);
                    } else if (!models.answers(request)) {
                        proxy.handle(request);
                    }
                },
                wiring::refused);
        data.listen(slices.root().port())
                .toCompletionStage()
                .toCompletableFuture()
                .get();
    }

    void management(@Observes ManagementInterface management) {
        ScrapeFormat.route(management.router());
        wiring.control().route(management.router());
    }

    /** Accepts no more calls, lets open ones end within the grace time, and waits for their settlements. */
    void drain(@Observes ShutdownDelayInitiatedEvent event) {
        Duration wait = slices.proxy().shutdownGrace().plus(SETTLING);
        try {
            wiring.stop().toCompletionStage().toCompletableFuture().get(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            LOG.warn("Stopped before every settlement reached the ledger; expiring leases will charge the estimates");
        }
        wiring.close();
    }
}
