package dev.tollgate.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.ManualClock;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Upstreams;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

class CredentialsCacheTest {

    private static final long HOUR = 3_600_000;

    private final Vertx vertx = Vertx.vertx();
    private final ManualClock clock = new ManualClock(0);
    private final AtomicInteger fetched = new AtomicInteger();
    private volatile boolean away;
    private final CredentialsCache cache = new CredentialsCache(
            vertx,
            this::fetch,
            new CallGuard() {
                @Override
                public <T> Future<T> call(Supplier<Future<T>> operation) {
                    return operation.get();
                }
            },
            clock);

    private AwsCredentials fetch() {
        if (away) {
            throw new IllegalStateException("away");
        }
        return AwsSessionCredentials.builder()
                .accessKeyId("key-" + fetched.incrementAndGet())
                .secretAccessKey("secret")
                .sessionToken("token")
                .expirationTime(clock.instant().plusMillis(HOUR))
                .build();
    }

    private String key() {
        return Upstreams.await(cache.get()).accessKeyId();
    }

    @AfterEach
    void close() {
        Upstreams.await(vertx.close());
    }

    @Test
    void areFetchedOnceAndAnewFiveMinutesBeforeTheyExpireWithoutAWait() {
        assertEquals("key-1", key());
        clock.advance(HOUR - 301_000);
        assertEquals("key-1", key());
        assertEquals(1, fetched.get());
        clock.advance(2000);
        assertEquals("key-1", key(), "no call waits for the new ones");
        Ports.await("the new ones", () -> key().equals("key-2"));
    }

    @Test
    void oldOnesServeUntilTheyExpireWhereNewOnesCannotBeHad() {
        assertEquals("key-1", key());
        away = true;
        clock.advance(HOUR - 1000);
        assertEquals("key-1", key());
        clock.advance(2000);
        Future<?> expired = cache.get();
        Ports.await("an end", expired::isComplete);
        assertTrue(expired.failed(), "expired ones are not used");
        away = false;
        Ports.await("new ones", () -> {
            Future<?> again = cache.get();
            Ports.await("an end", again::isComplete);
            return again.succeeded();
        });
    }
}
