package dev.tollgate.proxy;

import dev.tollgate.admission.Admission;
import dev.tollgate.admission.AdmissionSettings;
import dev.tollgate.admission.LimitsNow;
import dev.tollgate.bedrock.ModelNames;
import dev.tollgate.bedrock.ProfileModels;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Upstreams;
import dev.tollgate.ledger.AdmitReply;
import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Books;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.Ledger;
import dev.tollgate.ledger.PodShare;
import dev.tollgate.ledger.SettleReply;
import dev.tollgate.ledger.SpendPage;
import dev.tollgate.ledger.local.LocalLedger;
import dev.tollgate.policy.Names;
import dev.tollgate.policy.Policy;
import dev.tollgate.policy.PolicyReader;
import dev.tollgate.pricing.Estimator;
import dev.tollgate.pricing.PriceBook;
import dev.tollgate.telemetry.Metrics;
import dev.tollgate.telemetry.OtlpConfig;
import dev.tollgate.telemetry.OtlpResource;
import dev.tollgate.telemetry.Tracing;
import dev.tollgate.telemetry.UsageConfig;
import dev.tollgate.telemetry.UsageLog;
import dev.tollgate.tenant.CallerResolver;
import dev.tollgate.tenant.IdentityConfig;
import dev.tollgate.upstream.Endpoint;
import dev.tollgate.upstream.Signer;
import dev.tollgate.upstream.Upstream;
import dev.tollgate.upstream.UpstreamConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The whole data path in this process: the proxy on a port of its own, before the simulator, the ledger in memory. */
final class DataPath implements AutoCloseable {

    static final String NOVA = "/model/us.amazon.nova-lite-v1%3A0/";
    private static final PriceBook BOOK = PriceBook.bundled();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    final Vertx vertx;
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final Metrics metrics;
    final OpenCalls openCalls;
    final Faulty ledger;
    private final Proxy proxy;
    private final UsageLog usageLog;
    private final Path records;
    private final int port;

    /** The ledger in memory, whose failures a test can cause. */
    static final class Faulty implements Ledger {
        private final LocalLedger books = new LocalLedger(InstantSource.system(), 10_000);
        volatile Optional<RuntimeException> failure = Optional.empty();

        @Override
        public Future<AdmitReply> admit(Hold hold, Runnable written) {
            return failure.<Future<AdmitReply>>map(Future::failedFuture).orElseGet(() -> books.admit(hold, written));
        }

        @Override
        public Future<SettleReply> settle(Hold hold) {
            return books.settle(hold);
        }

        @Override
        public Future<SettleReply> release(Hold hold) {
            return books.release(hold);
        }

        @Override
        public Future<Boolean> extend(Hold hold) {
            return books.extend(hold);
        }

        @Override
        public Future<List<Balance>> peek(String tenant, List<Bucket> buckets) {
            return books.peek(tenant, buckets);
        }

        @Override
        public Future<Boolean> mark(String tenant, Bucket.Budget budget, int threshold) {
            return books.mark(tenant, budget, threshold);
        }

        @Override
        public Future<SpendPage> spend(Optional<String> tenant, String cursor, int limit) {
            return books.spend(tenant, cursor, limit);
        }

        @Override
        public void abandon(Hold hold) {
            books.abandon(hold);
        }
    }

    /** @param settings names and values in turn */
    DataPath(Upstreams upstream, String policyYaml, String... settings) {
        this.vertx = upstream.vertx();
        SmallRyeConfig config = config(upstream, settings);
        Policy policy = PolicyReader.read(policyYaml, 1);
        InstantSource clock = InstantSource.system();
        this.metrics = new Metrics(registry, 100, "test", clock, t -> t.pricedModel()
                .map(BOOK::knows)
                .orElse(false));
        Estimator.Mode mode =
                config.getOptionalValue("test.bound", Boolean.class).orElse(false)
                        ? Estimator.Mode.BOUND
                        : Estimator.Mode.EXPECTED;
        Estimator estimator = new Estimator(BOOK, mode, clock);
        CallerResolver callers = new CallerResolver(config.getConfigMapping(IdentityConfig.class));
        this.ledger = new Faulty();
        ProxyConfig bounds = config.getConfigMapping(ProxyConfig.class);
        Admission admission = admission(clock, policy, callers, mode);
        Tracing tracing = tracing(config, clock);
        this.openCalls = new OpenCalls(vertx, bounds, clock, tracing);
        UpstreamConfig up = config.getConfigMapping(UpstreamConfig.class);
        Endpoint endpoint = Endpoint.of(up, Optional.empty());
        Upstream runtime = new Upstream(
                vertx, up, endpoint, Signer.of(vertx, endpoint, Optional.of("key"), DataPath::unguarded, clock));
        this.records = record(config);
        this.usageLog = usageLog(config);
        this.proxy = new Proxy(
                new Intake(vertx, bounds, openCalls),
                new CallReader(
                        callers,
                        () -> policy,
                        estimator,
                        new Names(() -> policy, ModelNames.NONE, ProfileModels.NONE),
                        true),
                admission,
                runtime,
                Relays.of(vertx, openCalls, up.idleTimeout(), bounds),
                metrics,
                new Completion(
                        config.getConfigMapping(DenialConfig.class),
                        openCalls,
                        estimator,
                        metrics,
                        usageLog,
                        tracing,
                        clock,
                        "pod-1"));
        this.port = Upstreams.await(
                        vertx.createHttpServer().requestHandler(this::handle).listen(0, "127.0.0.1"))
                .actualPort();
    }

    private static <T> Future<T> unguarded(java.util.function.Supplier<Future<T>> operation) {
        return operation.get();
    }

    private void handle(HttpServerRequest request) {
        request.pause();
        proxy.handle(request);
    }

    private static SmallRyeConfig config(Upstreams upstream, String... settings) {
        Map<String, String> all = new HashMap<>(Map.of(
                "tollgate.upstream.endpoint", upstream.url(),
                "tollgate.upstream.region", "us-east-1",
                "tollgate.usage.stdout", "false"));
        try {
            all.put(
                    "tollgate.usage.file",
                    Files.createTempFile(Path.of("target"), "usage", ".log").toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withSources(new PropertiesConfigSource(all, "test", 100))
                .withMapping(ProxyConfig.class)
                .withMapping(DenialConfig.class)
                .withMapping(IdentityConfig.class)
                .withMapping(UpstreamConfig.class)
                .withMapping(UsageConfig.class)
                .withMapping(OtlpConfig.class)
                .build();
    }

    private Admission admission(InstantSource clock, Policy policy, CallerResolver callers, Estimator.Mode mode) {
        AdmissionSettings settings = new AdmissionSettings(
                java.time.Duration.ofSeconds(60),
                java.time.Duration.ofSeconds(30),
                java.time.Duration.ofSeconds(1),
                OptionalInt.empty(),
                mode == Estimator.Mode.BOUND);
        Books books = new Books(ledger, () -> Optional.of(PodShare.ALONE), () -> {
            throw new AssertionError("nobody asks for its health");
        });
        LimitsNow limits = new LimitsNow(ledger, () -> policy, callers.pod(policy::tenant), clock);
        return new Admission(vertx, clock, books, () -> policy, settings, metrics.ledger(), limits);
    }

    private Tracing tracing(SmallRyeConfig config, InstantSource clock) {
        OtlpResource resource = OtlpResource.of("test", "pod-1", "host", Optional.empty(), Optional.empty());
        return new Tracing(
                vertx, registry, clock, config.getConfigMapping(OtlpConfig.class), resource, "127.0.0.1", 80);
    }

    private static Path record(SmallRyeConfig config) {
        return config.getConfigMapping(UsageConfig.class).file().orElseThrow();
    }

    private UsageLog usageLog(SmallRyeConfig config) {
        try {
            return new UsageLog(config.getConfigMapping(UsageConfig.class), metrics::usageRecordDropped);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    int port() {
        return port;
    }

    /** @param headers names and values in turn */
    HttpResponse<String> post(String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        return send(request.build());
    }

    static HttpResponse<String> send(HttpRequest request) {
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static String message(HttpResponse<String> response) {
        return new JsonObject(response.body()).getString("message");
    }

    static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("none");
    }

    /** Value of a counter with these tags, names and values in turn; 0 if there is none. */
    double count(String name, String... tags) {
        return registry.find(name).tags(tags).counters().stream()
                .mapToDouble(c -> c.count())
                .sum();
    }

    /** The records so far, at least so many. */
    List<JsonObject> records(int count) {
        Ports.await(count + " usage records", () -> lines().size() >= count);
        return lines().stream().map(JsonObject::new).toList();
    }

    private List<String> lines() {
        try {
            return Files.readAllLines(records);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonObject lastRecord(int count) {
        List<JsonObject> all = records(count);
        return all.get(all.size() - 1);
    }

    @Override
    public void close() {
        usageLog.close();
    }

    /** A server of another kind than the simulator. */
    static HttpServer serve(Vertx vertx, io.vertx.core.Handler<HttpServerRequest> handler) {
        return Upstreams.await(vertx.createHttpServer().requestHandler(handler).listen(0, "127.0.0.1"));
    }
}
