package dev.tollgate.proxy;

import dev.tollgate.admission.Admission;
import dev.tollgate.admission.Decision;
import dev.tollgate.telemetry.CallCounters;
import dev.tollgate.telemetry.Metrics;
import dev.tollgate.upstream.Upstream;
import dev.tollgate.upstream.UpstreamRequest;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;

/** The life of a call. */
public final class Proxy {

    private final Intake intake;
    private final CallReader reader;
    private final Admission admission;
    private final Upstream upstream;
    private final Relays relays;
    private final Metrics metrics;
    private final Completion completion;

    public Proxy(
            Intake intake,
            CallReader reader,
            Admission admission,
            Upstream upstream,
            Relays relays,
            Metrics metrics,
            Completion completion) {
        this.intake = intake;
        this.reader = reader;
        this.admission = admission;
        this.upstream = upstream;
        this.relays = relays;
        this.metrics = metrics;
        this.completion = completion;
    }

    /** A call of Bedrock's own API. */
    public void handle(HttpServerRequest request) {
        handle(relays.openCalls().open(request));
    }

    /** A call of another API. */
    public void handle(HttpServerRequest request, Dialect dialect) {
        handle(relays.openCalls().open(request, dialect));
    }

    /** All of it: count, read, translate, understand, decide, forward, relay, settle. */
    private void handle(Exchange exchange) {
        relays.openCalls()
                .enter(exchange)
                .compose(v -> intake.read(exchange))
                .compose(exchange::translate)
                .compose(body -> reader.read(exchange, body))
                .compose(call -> admit(exchange, call))
                .compose(decision -> forwardOrDeny(exchange, decision))
                .recover(failure -> Future.succeededFuture(CallEnd.of(failure)))
                .onSuccess(end -> completion.complete(exchange, end));
    }

    private Future<Decision> admit(Exchange exchange, Call call) {
        CallCounters counters = metrics.call(call.caller(), call.target());
        exchange.read(call, counters);
        counters.request();
        if (call.estimate().costs() && !call.estimate().priced()) {
            metrics.unknownPrice(call.target());
        }
        long readNanos = exchange.elapsedNanos();
        metrics.overhead("read", readNanos);
        return admission.admit(exchange.id(), call.demand()).map(decision -> {
            metrics.overhead("decide", exchange.elapsedNanos() - readNanos);
            return decision;
        });
    }

    private Future<CallEnd> forwardOrDeny(Exchange exchange, Decision decision) {
        if (decision instanceof Decision.Denied denied) {
            return Future.succeededFuture(new CallEnd.Denied(denied));
        }
        exchange.admitted((Decision.Admitted) decision);
        if (exchange.response().closed()) {
            return Future.failedFuture(new ClientGoneException());
        }
        exchange.sent();
        UpstreamRequest upload = exchange.call().orElseThrow().upload();
        exchange.trace().propagate(upload.headers());
        return upstream.send(upload).compose(answer -> {
            exchange.freeBody();
            return relays.run(exchange, answer);
        });
    }
}
