package dev.tollgate.cli;

import dev.tollgate.pricing.PriceBook;
import dev.tollgate.upstream.CredentialsChain;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;

/** {@code tollgate doctor}: Redis and its clock, credentials, region, prices; one line each, exit 1 where one fails. */
final class DoctorCommand implements Callable<Integer> {

    private static final int TIMEOUT_SECONDS = 5;
    private static final long CLOCK_MILLIS = 5000;

    private boolean healthy = true;

    static final String DESCRIPTION = "Looks at Redis, credentials, region, prices and clock.";

    @Override
    public Integer call() throws InterruptedException {
        PriceBook book = PriceBook.bundled();
        say(true, "prices", book.models() + " models, version " + book.version());
        Optional<String> region =
                env("TOLLGATE_UPSTREAM_REGION").or(() -> env("AWS_REGION")).or(() -> env("AWS_DEFAULT_REGION"));
        Optional<String> endpoint = env("TOLLGATE_UPSTREAM_ENDPOINT");
        say(
                region.isPresent() || endpoint.isPresent(),
                "region",
                region.or(() -> endpoint).orElse("set AWS_REGION or TOLLGATE_UPSTREAM_ENDPOINT"));
        identity(region.orElse("us-east-1"));
        if (env("TOLLGATE_LEDGER").map(l -> l.equalsIgnoreCase("memory")).orElse(false)) {
            say(true, "redis", "not used: the ledger is in memory");
        } else {
            redis(env("TOLLGATE_REDIS_URL").orElse("redis://127.0.0.1:6379"));
        }
        return healthy ? 0 : 1;
    }

    private void identity(String region) {
        if (env("TOLLGATE_UPSTREAM_BEARER_TOKEN")
                .or(() -> env("AWS_BEARER_TOKEN_BEDROCK"))
                .isPresent()) {
            say(true, "identity", "a Bedrock API key");
            return;
        }
        try {
            String key = CredentialsChain.of(region).resolveCredentials().accessKeyId();
            say(true, "identity", "access key ending in " + key.substring(Math.max(0, key.length() - 4)));
        } catch (SdkClientException e) {
            say(false, "identity", "no AWS credentials in environment, profile, web identity, container or instance");
        }
    }

    private void redis(String url) throws InterruptedException {
        Vertx vertx = Vertx.vertx();
        try {
            Response time = Redis.createClient(vertx, url)
                    .connect()
                    .compose(c -> c.send(Request.cmd(Command.TIME)))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            long ahead = time.get(0).toLong() * 1000 - System.currentTimeMillis();
            say(true, "redis", "answers");
            say(Math.abs(ahead) < CLOCK_MILLIS, "clock", "Redis is " + ahead + " ms ahead of this machine");
        } catch (ExecutionException | TimeoutException e) {
            say(false, "redis", "no answer within " + TIMEOUT_SECONDS + " s; is TOLLGATE_REDIS_URL right?");
        } finally {
            vertx.close();
        }
    }

    private void say(boolean ok, String what, String text) {
        healthy &= ok;
        System.out.printf("%-4s %-10s %s%n", ok ? "ok" : "FAIL", what, text);
    }

    private static Optional<String> env(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(v -> !v.isBlank());
    }
}
