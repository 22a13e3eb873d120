package dev.tollgate.proxy;

import dev.tollgate.admission.Admission;
import dev.tollgate.admission.Decision;
import dev.tollgate.admission.Demand;
import dev.tollgate.admission.Reservation;
import dev.tollgate.bedrock.BedrockPath;
import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.ProfileModels;
import dev.tollgate.bedrock.Usage;
import dev.tollgate.metering.StreamEnd;
import dev.tollgate.policy.Policy;
import dev.tollgate.pricing.Charge;
import dev.tollgate.pricing.Estimator;
import dev.tollgate.proxy.CallFailure.Kind;
import dev.tollgate.telemetry.Metrics;
import dev.tollgate.telemetry.UsageLog;
import dev.tollgate.telemetry.UsageRecord;
import dev.tollgate.tenant.CallerResolver;
import dev.tollgate.upstream.Upstream;
import dev.tollgate.upstream.UpstreamException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The life of a call. */
public final class Proxy {

    // Time for clients to read why they are refused or cut, before their connection closes.
    private static final long LINGER_MILLIS = 1000;

    private final Vertx vertx;
    private final ProxyConfig config;
    private final Bodies bodies;
    private final Understanding understanding;
    private final Admission admission;
    private final Upstream upstream;
    private final Estimator estimator;
    private final Metrics metrics;
    private final UsageLog usageLog;
    private final ErrorResponses errors;
    private final String pod;
    private final Set<Relay> relays = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    /** @param addsMetadata false leaves every byte of a request as it came */
    public Proxy(
            Vertx vertx,
            ProxyConfig config,
            DenialConfig denials,
            CallerResolver callers,
            Supplier<Policy> policies,
            Estimator estimator,
            boolean addsMetadata,
            ProfileModels profiles,
            Admission admission,
            Upstream upstream,
            Metrics metrics,
            UsageLog usageLog,
            String pod) {
        this.vertx = vertx;
        this.config = config;
        this.bodies = new Bodies(config);
        this.understanding = new Understanding(callers, policies, estimator, addsMetadata, profiles);
        this.admission = admission;
        this.upstream = upstream;
        this.estimator = estimator;
        this.metrics = metrics;
        this.usageLog = usageLog;
        this.errors = new ErrorResponses(denials);
        this.pod = pod;
    }

    /** All of it: read, understand, decide, forward, relay, settle. */
    public void handle(HttpServerRequest request) {
        String id = CallId.next();
        long began = System.nanoTime();
        Optional<BedrockPath> path = BedrockPath.parse(request.method().name(), request.path());
        Operation operation = path.map(BedrockPath::operation).orElse(Operation.INVOKE);
        metrics.inFlight().incrementAndGet();
        accept(request, path)
                .compose(body -> Future.succeededFuture(body)
                        .compose(b -> understanding.of(request, path.orElseThrow(), id, b.bytes()))
                        .compose(upload -> decide(request, upload, body.free(), id, began))
                        .onComplete(ended -> body.free().run()))
                .onFailure(failure -> {
                    errors.failed(request.response(), id, operation, failure);
                    discard(request, failure);
                })
                .onComplete(ended -> metrics.inFlight().decrementAndGet());
    }

    private Future<Bodies.Body> accept(HttpServerRequest request, Optional<BedrockPath> path) {
        if (path.isEmpty()) {
            return refuse(Kind.UNKNOWN_OPERATION, "expected an operation of the Bedrock runtime that Tollgate meters");
        }
        if (path.get().operation() == Operation.BIDIRECTIONAL_STREAM) {
            return refuse(
                    Kind.NOT_METERED, "InvokeModelWithBidirectionalStream cannot be metered yet, so it may not pass");
        }
        if (stopping) {
            request.response().putHeader("Connection", "close");
            return refuse(Kind.STOPPING, "Tollgate is stopping; retry");
        }
        if (metrics.inFlight().get() > config.maxInFlight()) {
            return refuse(Kind.BUSY, "Tollgate has as many calls in progress as it may; retry");
        }
        if (request.getHeader("content-encoding") != null) {
            return refuse(Kind.BAD_REQUEST, "expected a body without Content-Encoding");
        }
        return bodies.read(request);
    }

    /** Reads away what was not read of a refused request; of one that is too large only for a moment. */
    private void discard(HttpServerRequest request, Throwable failure) {
        if (!request.isEnded()) {
            request.handler(piece -> {});
            request.resume();
            if (failure instanceof CallFailure refused && refused.kind() == Kind.TOO_LARGE) {
                vertx.setTimer(LINGER_MILLIS, t -> request.connection().close());
            }
        }
    }

    private static <T> Future<T> refuse(Kind kind, String message) {
        return Future.failedFuture(new CallFailure(kind, message));
    }

    private Future<Void> decide(HttpServerRequest request, Call.Upload upload, Runnable sent, String id, long began) {
        Call call = upload.call();
        metrics.requested(call.caller(), call.target());
        Operation operation = call.path().operation();
        // What an asynchronous invocation makes is not priced by tokens.
        if (operation == Operation.ASYNC_INVOKE_START
                || operation.usesTokens() && !call.estimate().quote().known()) {
            metrics.unknownPrice(call.target());
        }
        long understood = System.nanoTime();
        metrics.overhead("read", understood - began);
        return admission
                .admit(id, new Demand(call.caller(), call.target(), call.estimate()))
                .compose(decision -> {
                    metrics.overhead("decide", System.nanoTime() - understood);
                    if (decision instanceof Decision.Admitted admitted) {
                        metrics.approved(call.caller(), call.target(), admitted.shadowDenied());
                        return forward(request, upload, sent, admitted.reservation(), id, began);
                    }
                    deny(request, call, (Decision.Denied) decision, id, began);
                    return Future.succeededFuture();
                });
    }

    private void deny(HttpServerRequest request, Call call, Decision.Denied denied, String id, long began) {
        metrics.denied(call.caller(), call.target(), denied.limit());
        int status = errors.denied(request.response(), id, call.path().operation(), denied);
        Outcome none = new Outcome(StreamEnd.COMPLETED, status, Optional.empty(), false, "none", "", 0);
        record(request, call, id, began, "denied", denied.limit(), none, Usage.NONE, 0, false);
    }

    private Future<Void> forward(
            HttpServerRequest request,
            Call.Upload upload,
            Runnable sent,
            Reservation reservation,
            String id,
            long began) {
        Call call = upload.call();
        if (request.response().closed()) {
            reservation.release();
            return Future.succeededFuture();
        }
        String method = request.method().name();
        return upstream.send(method, upload.path(), upload.headers(), upload.body())
                .compose(answer -> {
                    sent.run();
                    Relay relay = new Relay(
                            vertx, config, metrics.draining(), call, began, answer, request, upstream.idleTimeout());
                    relays.add(relay);
                    return relay.run().onComplete(ended -> relays.remove(relay));
                })
                .recover(failure -> {
                    int status =
                            errors.failed(request.response(), id, call.path().operation(), failure);
                    return Future.succeededFuture(unanswered(failure, status));
                })
                .map(outcome -> {
                    settle(request, call, reservation, outcome, id, began);
                    return null;
                });
    }

    private static Outcome unanswered(Throwable failure, int status) {
        UpstreamException.Stage stage =
                failure instanceof UpstreamException e ? e.stage() : UpstreamException.Stage.SENT;
        boolean sent = stage == UpstreamException.Stage.SENT || stage == UpstreamException.Stage.TIMEOUT;
        StreamEnd end =
                stage == UpstreamException.Stage.TIMEOUT ? StreamEnd.UPSTREAM_TIMEOUT : StreamEnd.UPSTREAM_FAILED;
        return new Outcome(end, status, Optional.empty(), sent, stage.name().toLowerCase(Locale.ROOT), "", 0);
    }

    /** Charges what was reported; else the estimate where the model may have worked; else nothing. */
    private void settle(
            HttpServerRequest request, Call call, Reservation reservation, Outcome outcome, String id, long began) {
        Usage usage = Usage.NONE;
        long microUsd = 0;
        boolean estimated = false;
        if (outcome.usage().isPresent()) {
            usage = outcome.usage().get();
            Metered metered = new Metered(outcome.usage(), usage, Optional.empty());
            Charge charge = estimator.charge(call.target(), call.facts(), call.estimate(), metered);
            microUsd = charge.microUsd();
            reservation.settle(charge);
            estimator.learn(call.target(), call.facts(), usage);
        } else if (outcome.produced()) {
            estimated = true;
            usage = new Usage(call.estimate().inputTokens(), call.estimate().outputTokens(), 0, 0, 0);
            microUsd = call.estimate().microUsd();
            reservation.settleAsEstimated();
            metrics.settlement(call.caller().tenant(), "estimated");
        } else {
            reservation.release();
        }
        boolean ok = outcome.errorType().equals("none");
        metrics.invoked(call.caller(), call.target(), ok);
        metrics.used(call.caller(), call.target(), usage, microUsd);
        if (!ok && outcome.end() != StreamEnd.CLIENT_GONE_UNREAD) {
            metrics.upstreamError(outcome.errorType());
        }
        record(request, call, id, began, "approved", "none", outcome, usage, microUsd, estimated);
    }

    private void record(
            HttpServerRequest request,
            Call call,
            String id,
            long began,
            String decision,
            String limit,
            Outcome outcome,
            Usage usage,
            long microUsd,
            boolean estimated) {
        long nanos = System.nanoTime() - began;
        metrics.answered(
                call.path().operation(), call.target().name(), outcome.errorType(), nanos, outcome.firstByteNanos());
        usageLog.write(new UsageRecord(
                outcome.upstreamId().isEmpty() ? id : outcome.upstreamId(),
                id,
                Instant.now(),
                call.caller(),
                call.target(),
                call.path().operation(),
                decision,
                limit,
                usage,
                microUsd,
                estimator.priceVersion(),
                estimated,
                decision.equals("denied") ? "denied" : outcome.end().label(),
                outcome.status(),
                nanos / 1_000_000,
                outcome.firstByteNanos() / 1_000_000,
                header(request, "amz-sdk-invocation-id"),
                header(request, "amz-sdk-request"),
                pod));
    }

    private static String header(HttpServerRequest request, String name) {
        String value = request.getHeader(name);
        return value == null ? "none" : value.substring(0, Math.min(100, value.length()));
    }

    /** Takes no more calls and lets the open ones end, until the grace time; then cuts and settles them. */
    public Future<Void> stop() {
        stopping = true;
        long until = System.nanoTime() + config.shutdownGrace().toNanos();
        return waitFor(until).compose(v -> admission.drain());
    }

    private Future<Void> waitFor(long until) {
        long over = System.nanoTime() - until;
        if (over > 0) {
            relays.forEach(Relay::stop);
        }
        if (metrics.inFlight().get() == 0 || over > LINGER_MILLIS * 1_000_000) {
            return Future.succeededFuture();
        }
        return vertx.timer(20).compose(v -> waitFor(until));
    }
}
