package dev.tollgate.cli;

import dev.tollgate.pricing.PriceBook;
import dev.tollgate.sidecar.Slices;
import dev.tollgate.sidecar.TollgateConfig;
import dev.tollgate.upstream.CredentialsChain;
import dev.tollgate.upstream.Endpoint;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;

/** {@code tollgate doctor}: Redis and its clock, credentials, region, prices; one line each, exit 1 if one fails. */
final class DoctorCommand implements Callable<Integer> {

    private static final int TIMEOUT_SECONDS = 5;
    private static final long CLOCK_MILLIS = 5000;

    private boolean healthy = true;

    static final String DESCRIPTION = "Examines what serve would use: Redis, credentials, region, prices and clock.";

    @Override
    public Integer call() throws InterruptedException {
        Slices slices = Slices.read();
        PriceBook book = slices.pricing().prices().file().map(PriceBook::read).orElseGet(PriceBook::bundled);
        say(true, "prices", book.models() + " models, version " + book.version());
        Endpoint endpoint = Endpoint.of(slices.upstream(), slices.awsRegion());
        say(true, "region", endpoint.region() + ", " + endpoint.authority());
        identity(slices, endpoint.region());
        if (slices.ledger().kind() == TollgateConfig.Kind.MEMORY) {
            say(true, "redis", "not used: the ledger is in memory");
        } else {
            redis(slices.root().redisUrl());
        }
        return healthy ? 0 : 1;
    }

    private void identity(Slices slices, String region) {
        if (slices.bearerToken().isPresent()) {
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
}
