package dev.tollgate.proxy;

import dev.tollgate.admission.Decision;
import dev.tollgate.admission.Reservation;
import dev.tollgate.bedrock.BedrockPath;
import dev.tollgate.bedrock.EventStream;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.telemetry.CallCounters;
import dev.tollgate.telemetry.CallTrace;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** One call from its head to its end: what every step needs of it, in one place. Confined to its event loop. */
final class Exchange {

    private static final long LINGER_MILLIS = 1000;

    private final HttpServerRequest request;
    private final Optional<Dialect> dialect;
    private Optional<BedrockPath> path;
    private final String id;
    private final Instant startedAt;
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
    private Optional<Outlet> outlet = Optional.empty();

    private Exchange(
            HttpServerRequest request, Optional<Dialect> dialect, Optional<BedrockPath> path, Instant startedAt) {
        this.request = request;
        this.dialect = dialect;
        this.path = path;
        this.startedAt = startedAt;
        this.id = CallId.at(startedAt.toEpochMilli());
    }

    /** A call of Bedrock's own API. */
    static Exchange open(HttpServerRequest request, InstantSource clock) {
        Optional<BedrockPath> path = Optional.ofNullable(request.path())
                .flatMap(raw -> BedrockPath.parse(request.method().name(), raw));
        return new Exchange(request, Optional.empty(), path, clock.instant());
    }

    /** A call of another API: a Converse call until its body says more. */
    static Exchange open(HttpServerRequest request, Dialect dialect, InstantSource clock) {
        return new Exchange(request, Optional.of(dialect), converse(Operation.CONVERSE, ""), clock.instant());
    }

    private static Optional<BedrockPath> converse(Operation operation, String model) {
        return Optional.of(new BedrockPath(operation, Optional.of(model), ""));
    }

    /** The body as Bedrock takes it. A dialect's is translated, and tells which operation and model are meant. */
    Future<byte[]> translate(byte[] body) {
        return dialect.map(spoken -> spoken.read(request, body).map(meaning -> {
                    path = converse(meaning.operation(), meaning.model());
                    return meaning.body();
                }))
                .orElseGet(() -> Future.succeededFuture(body));
    }

    /** Empty if the client speaks Bedrock's own API. */
    Optional<Dialect> dialect() {
        return dialect;
    }

    Instant startedAt() {
        return startedAt;
    }

    /** Where the answer goes, once it began. */
    Optional<Outlet> outlet() {
        return outlet;
    }

    void answersThrough(Outlet itsOutlet) {
        outlet = Optional.of(itsOutlet);
    }

    /** Ends an answer that cannot be ended as it should. */
    void abort() {
        if (request.version() == HttpVersion.HTTP_2) {
            response().reset();
        } else {
            request.connection().close();
        }
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
