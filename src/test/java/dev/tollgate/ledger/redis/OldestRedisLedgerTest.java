package dev.tollgate.ledger.redis;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.RealRedis;
import dev.tollgate.harness.Upstreams;
import dev.tollgate.ledger.Ledger;
import dev.tollgate.ledger.LedgerContract;
import dev.tollgate.ledger.LedgerListener;
import io.vertx.redis.client.Command;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** The ledger keeps its contract on the oldest Redis that is supported, which comes as a jar. */
class OldestRedisLedgerTest extends LedgerContract {

    private static RedisFixture redis;
    private RedisLedger ledger;

    @BeforeAll
    static void start() {
        redis = new RedisFixture(RealRedis.oldest());
        String version = redis.send(Command.INFO, "server").toString();
        assertTrue(version.contains("redis_version:6.2."), version);
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void open() {
        redis.send(Command.FLUSHALL);
        redis.time(START);
        ledger = redis.ledger(RedisFixture.settings("org", "pod-1", 0, MAX_BUCKETS), LedgerListener.NONE);
    }

    @AfterEach
    void close() {
        Upstreams.await(ledger.close());
    }

    @Override
    protected Ledger ledger() {
        return ledger;
    }

    @Override
    protected void advance(long millis) {
        redis.time(redis.clock.millis() + millis);
    }
}
