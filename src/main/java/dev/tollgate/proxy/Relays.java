package dev.tollgate.proxy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientResponse;
import java.time.Duration;

/**
 * Passes answers on.
 *
 * @param maxSilence of the upstream, and of a client that takes nothing
 * @param drainTimeout how long an answer is read on after its client went away
 */
public record Relays(Vertx vertx, OpenCalls openCalls, Duration maxSilence, Duration drainTimeout) {

    /** Passes one answer on; the future never fails. */
    Future<CallEnd> run(Exchange exchange, HttpClientResponse upstream) {
        return new Relay(this, exchange, upstream).run();
    }
}
