package dev.tollgate.proxy;

import dev.tollgate.Deadlines;
import dev.tollgate.bedrock.EventStream;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientResponse;
import java.time.Duration;
import java.util.Locale;

/**
 * Passes answers on.
 *
 * @param silences of the upstream, and of clients that take nothing
 * @param drains of answers that are read on after their client went away
 * @param costHeaders true if answers tell what they cost and left
 */
public record Relays(OpenCalls openCalls, Deadlines silences, Deadlines drains, boolean costHeaders, HeldBytes memory) {

    /** @param maxSilence of the upstream, and of a client that takes nothing */
    public static Relays of(Vertx vertx, OpenCalls openCalls, Duration maxSilence, ProxyConfig config) {
        HeldBytes memory =
                new HeldBytes(config.bufferedBytes(Runtime.getRuntime().maxMemory()));
        return new Relays(
                openCalls,
                new Deadlines(vertx, maxSilence),
                new Deadlines(vertx, config.drainTimeout()),
                config.costHeaders(),
                memory);
    }

    /** Passes one answer on; the future never fails. */
    Future<CallEnd> run(Exchange exchange, HttpClientResponse upstream) {
        return new Relay(this, exchange, upstream).run();
    }

    /** What stands between an answer and what passes it on: the client's dialect, and what holds it for its cost. */
    Outlet outlet(Exchange exchange, HttpClientResponse upstream, Outlet passing) {
        Outlet spoken = exchange.dialect()
                .map(dialect -> dialect.outlet(sent(exchange), passing, exchange.request(), memory))
                .orElse(passing);
        return costHeaders && !streams(upstream)
                ? new HeldOutlet(spoken, exchange.response().headers(), memory)
                : spoken;
    }

    private static Dialect.Sent sent(Exchange exchange) {
        Call call = exchange.call().orElseThrow();
        return new Dialect.Sent(exchange.id(), call.target(), call.tags(), exchange.startedAt());
    }

    /** What an answer cost is known at its end, too late for the head of a stream. */
    private static boolean streams(HttpClientResponse upstream) {
        String type = String.valueOf(upstream.getHeader("content-type")).toLowerCase(Locale.ROOT);
        return type.startsWith(EventStream.CONTENT_TYPE) || type.startsWith("text/event-stream");
    }
}
