package dev.tollgate.proxy;

import dev.tollgate.admission.Decision;
import dev.tollgate.admission.Reservation;
import dev.tollgate.bedrock.BedrockPath;
import dev.tollgate.bedrock.EventStream;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.telemetry.CallCounters;
import dev.tollgate.telemetry.CallTrace;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.InstantSource;
import java.util.Optional;

/** One call from its head to its end: what every step needs of it, in one place. Confined to its event loop. */
final class Exchange {

    private static final long LINGER_MILLIS = 1000;

    private final HttpServerRequest request;
    private final Optional<BedrockPath> path;
    private final String id;
    private final long startNanos = System.nanoTime();
    private final Context context = Vertx.currentContext();
    private Runnable cut = Exchange::nothing;
    private boolean reading;
    private Runnable freeBody = Exchange::nothing;
    private boolean sent;
    private CallTrace trace = CallTrace.NONE;
    private Optional<Call> call = Optional.empty();
    private Optional<CallCounters> counters = Optional.empty();
    private Optional<Reservation> reservation = Optional.empty();

    private Exchange(HttpServerRequest request, String id) {
        this.id = id;
        this.request = request;
        String rawPath = request.path();
        this.path = rawPath == null
                ? Optional.empty()
                : BedrockPath.parse(request.method().name(), rawPath);
    }

    static Exchange open(HttpServerRequest request, InstantSource clock) {
        return new Exchange(request, CallId.at(clock.millis()));
    }

    HttpServerRequest request() {
        return request;
    }

    HttpServerResponse response() {
        return request.response();
    }

    /** Empty if no allowed operation has this method and path. */
    Optional<BedrockPath> path() {
        return path;
    }

    /** The operation whose error shape the caller understands. */
    Operation operation() {
        return path.map(BedrockPath::operation).orElse(Operation.INVOKE);
    }

    /** Made once: the reservation's id, and the request id of answers that Tollgate itself gives. */
    String id() {
        return id;
    }

    long elapsedNanos() {
        return System.nanoTime() - startNanos;
    }

    /** Value of a request header, cut to what a record takes; {@code none} without one. */
    String header(String name) {
        String value = request.getHeader(name);
        return value == null ? "none" : value.substring(0, Math.min(100, value.length()));
    }

    CallTrace trace() {
        return trace;
    }

    void traced(CallTrace its) {
        trace = its;
    }

    /** True if the answer is a stream of events, in either framing. */
    boolean streamed() {
        String type = response().headers().get("content-type");
        return type != null && (type.startsWith(EventStream.CONTENT_TYPE) || type.startsWith("text/event-stream"));
    }

    Optional<Call> call() {
        return call;
    }

    /** The counters of the call's labels; there are some once it was read. */
    CallCounters counters() {
        return counters.orElseThrow();
    }

    void read(Call understood, CallCounters its) {
        call = Optional.of(understood);
        counters = Optional.of(its);
    }

    Optional<Reservation> reservation() {
        return reservation;
    }

    void admitted(Decision.Admitted decision) {
        reservation = Optional.of(decision.reservation());
        counters().approve();
        decision.shadowDenied().forEach(counters()::shadowDeny);
    }

    /** True if the model may have seen the request. */
    boolean wasSent() {
        return sent;
    }

    void sent() {
        sent = true;
    }

    /** True while the client has not sent all of the request's body. */
    boolean reading() {
        return reading;
    }

    void reading(Runnable whenCut) {
        reading = true;
        cut = whenCut;
    }

    /** The body is whole, and counts against the bound until it is freed. */
    void bodyRead(Runnable free) {
        reading = false;
        cut = Exchange::nothing;
        freeBody = free;
    }

    void onCut(Runnable whenCut) {
        cut = whenCut;
    }

    /** Ends the call early, from any thread: the process stops, or the call holds a place that others need. */
    void cut() {
        context.runOnContext(v -> cut.run());
    }

    /** Closes the connection when the client has had time to read its answer. */
    void closeAfterLinger() {
        context.owner().setTimer(LINGER_MILLIS, t -> request.connection().close());
    }

    /** The request's bytes are no longer needed. */
    void freeBody() {
        Runnable free = freeBody;
        freeBody = Exchange::nothing;
        free.run();
    }

    private static void nothing() {}
}
