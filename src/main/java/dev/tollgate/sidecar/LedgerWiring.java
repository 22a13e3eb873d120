package dev.tollgate.sidecar;

import dev.tollgate.admission.Admission;
import dev.tollgate.control.PodFacts;
import dev.tollgate.ledger.Books;
import dev.tollgate.ledger.GuardedLedger;
import dev.tollgate.ledger.LedgerConfig;
import dev.tollgate.ledger.LedgerHealth;
import dev.tollgate.ledger.LedgerListener;
import dev.tollgate.ledger.PodShare;
import dev.tollgate.ledger.local.LocalLedger;
import dev.tollgate.ledger.redis.RedisLedger;
import io.quarkus.arc.Arc;
import io.quarkus.arc.InjectableInstance;
import io.quarkus.proxy.ProxyConfigurationRegistry;
import io.quarkus.redis.runtime.client.VertxRedisClientFactory;
import io.quarkus.redis.runtime.client.config.RedisClientConfig;
import io.quarkus.redis.runtime.client.config.RedisConfig;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.smallrye.config.SmallRyeConfig;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;

/**
 * The ledger as the settings choose it.
 *
 * @param mode the breaker's state, one of {@code modes}
 * @param close leaves the other pods
 * @param loop where it is asked; empty if that is the same everywhere
 */
record LedgerWiring(
        Books books, Supplier<String> mode, List<String> modes, Supplier<Future<Void>> close, Optional<Context> loop) {

    private static final Logger LOG = Logger.getLogger(LedgerWiring.class);

    static LedgerWiring of(Vertx vertx, InstantSource clock, LedgerConfig config, String pod, LedgerListener listener) {
        return config.kind() == LedgerConfig.Kind.MEMORY ? memory(clock, config) : redis(vertx, config, pod, listener);
    }

    /** @param knowsPods true if the settings say how many pods there are */
    PodFacts.Ledger facts(Admission admission, boolean knowsPods) {
        return new PodFacts.Ledger(
                books.health(),
                () -> books.health().get().up() && !mode.get().endsWith("open"),
                admission::graceIsOver,
                () -> knowsPods || books.share().get().isPresent(),
                admission::pendingSettlements);
    }

    private static LedgerWiring memory(InstantSource clock, LedgerConfig config) {
        LOG.warn("The ledger is in memory: limits hold for this one process and are forgotten when it ends");
        LedgerHealth health = new LedgerHealth("memory", true, 0, 1, LedgerHealth.Durability.NONE, false);
        Books books =
                new Books(new LocalLedger(clock, config.maxCells()), () -> Optional.of(PodShare.ALONE), () -> health);
        return new LedgerWiring(books, () -> "memory", List.of("memory"), Future::succeededFuture, Optional.empty());
    }

    private static LedgerWiring redis(Vertx vertx, LedgerConfig config, String pod, LedgerListener listener) {
        RedisLedger.Settings settings =
                new RedisLedger.Settings(config.org(), pod, config.maxInFlight(), config.recovery(), config.maxCells());
        RedisLedger ledger = new RedisLedger(vertx, () -> client(vertx), settings, listener);
        ledger.start().onFailure(e -> LOG.debugf("Redis is not there yet: %s", e.getMessage()));
        GuardedLedger guarded = new GuardedLedger(vertx, ledger, config.deadline());
        Books books = new Books(guarded, ledger::share, ledger::health);
        return new LedgerWiring(
                books,
                guarded::mode,
                List.of("closed", "open", "half_open"),
                ledger::close,
                Optional.of(ledger.loop()));
    }

    /** A client of its own for each attempt to connect, by the settings of {@code quarkus.redis}. */
    private static Redis client(Vertx vertx) {
        RedisClientConfig config = ConfigProvider.getConfig()
                .unwrap(SmallRyeConfig.class)
                .getConfigMapping(RedisConfig.class)
                .clients()
                .get(RedisConfig.DEFAULT_CLIENT_NAME);
        InjectableInstance<TlsConfigurationRegistry> tls = Arc.container().select(TlsConfigurationRegistry.class);
        InjectableInstance<ProxyConfigurationRegistry> proxies =
                Arc.container().select(ProxyConfigurationRegistry.class);
        return VertxRedisClientFactory.create(RedisConfig.DEFAULT_CLIENT_NAME, vertx, config, tls.get(), proxies.get());
    }
}
