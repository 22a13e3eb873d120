package dev.tollgate.sidecar;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * What all rooms use.
 *
 * @param redis connects only when it is used
 * @param version of this build
 * @param instance names this process in the ledger
 * @param host names it in usage records
 */
record Platform(
        Vertx vertx,
        MeterRegistry registry,
        Supplier<Redis> redis,
        InstantSource clock,
        String version,
        String instance,
        String host) {}
