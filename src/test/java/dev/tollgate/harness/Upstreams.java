package dev.tollgate.harness;

import dev.tollgate.simulator.Simulator;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/** The simulator in this JVM, and the settings that point a sidecar to it. */
public final class Upstreams implements AutoCloseable {

    public static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    private final Vertx vertx = Vertx.vertx();
    private final Simulator simulator;
    private final int port;

    private Upstreams(BiFunction<HttpServerRequest, byte[], Optional<String>> authorization) {
        this.simulator = new Simulator(vertx, authorization, 0);
        this.port = await(simulator.start(0));
    }

    public static Upstreams start() {
        return new Upstreams(new SignatureCheck(SECRET, "bedrock")::problem);
    }

    /** @param authorization what is wrong with a request's; empty if nothing is */
    public static Upstreams start(BiFunction<HttpServerRequest, byte[], Optional<String>> authorization) {
        return new Upstreams(authorization);
    }

    /** One that takes any API key. */
    public static Upstreams bearer() {
        return new Upstreams((request, body) -> Optional.empty());
    }

    public static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    public Simulator simulator() {
        return simulator;
    }

    public Vertx vertx() {
        return vertx;
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Settings of a sidecar before this upstream: SigV4 with the secret that it checks, the ledger in memory. */
    public Map<String, String> settings(String... more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "TOLLGATE_UPSTREAM_ENDPOINT", url(),
                "AWS_REGION", "us-east-1",
                "AWS_ACCESS_KEY_ID", "AKIDEXAMPLE",
                "AWS_SECRET_ACCESS_KEY", SECRET,
                "TOLLGATE_LEDGER", "memory"));
        settings.putAll(pairs(more));
        return settings;
    }

    /** The same with the ledger in this Redis, and a deadline that no stall of the machine passes. */
    public Map<String, String> settings(RealRedis redis, String... more) {
        Map<String, String> settings = settings(
                "TOLLGATE_LEDGER", "redis", "TOLLGATE_REDIS_URL", redis.url(), "TOLLGATE_LEDGER_DEADLINE", "5s");
        settings.putAll(pairs(more));
        return settings;
    }

    private static Map<String, String> pairs(String... more) {
        Map<String, String> pairs = new HashMap<>();
        for (int i = 0; i < more.length; i += 2) {
            pairs.put(more[i], more[i + 1]);
        }
        return pairs;
    }

    /** A policy file of this text. */
    public static Path policy(String yaml) {
        try {
            Path file = Files.createTempFile(Path.of("target"), "policy", ".yaml");
            return Files.writeString(file, yaml).toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces a file whole, as Kubernetes does: nobody reads half of it. */
    public static void replace(Path file, String text) {
        try {
            Path next = Files.writeString(file.resolveSibling(file.getFileName() + ".next"), text);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        await(vertx.close());
    }
}
