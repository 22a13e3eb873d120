package dev.tollgate.proxy;

import dev.tollgate.admission.Decision;
import dev.tollgate.admission.LimitLeft;
import dev.tollgate.admission.Reservation;
import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.Usage;
import dev.tollgate.pricing.Charge;
import dev.tollgate.pricing.Estimator;
import dev.tollgate.telemetry.CallCounters;
import dev.tollgate.telemetry.Metrics;
import dev.tollgate.telemetry.Tracing;
import dev.tollgate.telemetry.UsageLog;
import dev.tollgate.telemetry.UsageRecord;
import io.vertx.core.http.HttpServerRequest;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Runs once when a call has ended: answers if nobody did, settles or releases, counts, records. */
public final class Completion {

    private final ErrorResponses errors;
    private final OpenCalls openCalls;
    private final Estimator estimator;
    private final Metrics metrics;
    private final UsageLog usageLog;
    private final Tracing tracing;
    private final InstantSource clock;
    private final String pod;

    /** @param pod this pod's name in usage records */
    public Completion(
            DenialConfig denials,
            OpenCalls openCalls,
            Estimator estimator,
            Metrics metrics,
            UsageLog usageLog,
            Tracing tracing,
            InstantSource clock,
            String pod) {
        this.errors = new ErrorResponses(denials);
        this.openCalls = openCalls;
        this.estimator = estimator;
        this.metrics = metrics;
        this.usageLog = usageLog;
        this.tracing = tracing;
        this.clock = clock;
        this.pod = pod;
    }

    void complete(Exchange exchange, CallEnd end) {
        try {
            Optional<Charge> used = charge(exchange, end);
            exchange.reservation().ifPresent(held -> settle(held, used));
            Charge charge = used.orElse(Charge.NOTHING);
            exchange.outlet()
                    .filter(o -> end instanceof CallEnd.Answered)
                    .ifPresent(o -> o.settled(() -> bill(exchange, charge)));
            int status = errors.answer(exchange, end);
            count(exchange, end, charge);
            UsageRecord call = record(exchange, end, charge, status);
            usageLog.write(call);
            tracing.end(exchange.trace(), call, spanError(end), exchange.elapsedNanos());
        } catch (RuntimeException | Error e) {
            Bugs.report(e);
            // A no-op if the call was settled: a reservation ends once.
            exchange.reservation().ifPresent(Reservation::settleAsEstimated);
            if (!exchange.response().ended()) {
                exchange.abort();
            }
        } finally {
            exchange.freeBody();
            openCalls.leave(exchange);
            discardRequest(exchange, end);
        }
    }

    /** The one table of what each end costs; empty if nothing was used. */
    private Optional<Charge> charge(Exchange exchange, CallEnd end) {
        boolean askedInVain = end instanceof CallEnd.Unanswered unanswered
                && unanswered.fault().sent();
        boolean bug = end instanceof CallEnd.Refused refused && refused.reason() == Refusal.INTERNAL;
        if (askedInVain || bug && exchange.wasSent()) {
            return exchange.call().map(call -> estimator.asEstimated(call.estimate()));
        }
        Answer answer = answer(end);
        return answer.produced() ? exchange.call().map(call -> charge(call, answer.metered())) : Optional.empty();
    }

    private Charge charge(Call call, Metered metered) {
        estimator
                .reported(call.estimate(), metered)
                .ifPresent(usage -> estimator.learn(call.target(), call.facts(), usage));
        return estimator.charge(call.target(), call.facts(), call.estimate(), metered);
    }

    private static Bill bill(Exchange exchange, Charge charge) {
        List<LimitLeft> left =
                exchange.reservation().map(held -> held.left(charge)).orElse(List.of());
        return new Bill(charge.usage(), charge.microUsd(), charge.estimated(), left);
    }

    private static void settle(Reservation reservation, Optional<Charge> charge) {
        charge.ifPresentOrElse(reservation::settle, reservation::release);
    }

    private void count(Exchange exchange, CallEnd end, Charge charge) {
        if (end instanceof CallEnd.Refused refused) {
            metrics.refused(refused.reason().label());
            return;
        }
        if (exchange.call().isEmpty()) {
            metrics.refused("client-gone");
            return;
        }
        Call call = exchange.call().get();
        CallCounters counters = exchange.counters();
        if (end instanceof CallEnd.Denied denied) {
            String limit = denied.denial().limit();
            if (denied.denial().reason() == Decision.Reason.LEDGER_UNAVAILABLE) {
                counters.unavailable(limit);
            } else {
                counters.deny(limit);
            }
            return;
        }
        String errorType = errorType(end);
        boolean ok = errorType.equals(Answer.NO_ERROR);
        counters.invoked(ok);
        counters.used(charge.usage(), charge.microUsd());
        if (charge.estimated()) {
            metrics.ledger().settlement(call.caller().tenant(), "estimated");
        }
        if (!ok && !(end instanceof CallEnd.Abandoned)) {
            metrics.upstreamError(errorType);
        }
        metrics.answered(
                call.operation(),
                call.target(),
                new Metrics.Answered(
                        errorType,
                        charge.estimated() ? Usage.NONE : charge.usage(),
                        exchange.elapsedNanos(),
                        exchange.streamed() ? firstByte(end) : 0));
    }

    private static String errorType(CallEnd end) {
        return end instanceof CallEnd.Unanswered unanswered
                ? unanswered.fault().label()
                : answer(end).errorType();
    }

    /** Also of calls that did not go to the upstream, which no histogram counts. */
    private static String spanError(CallEnd end) {
        return end instanceof CallEnd.Refused refused
                ? refused.reason().label()
                : end instanceof CallEnd.Denied ? end.label() : errorType(end);
    }

    private static long firstByte(CallEnd end) {
        return answer(end).firstByteNanos();
    }

    private static Answer answer(CallEnd end) {
        if (end instanceof CallEnd.Answered answered) {
            return answered.answer();
        }
        if (end instanceof CallEnd.Broken broken) {
            return broken.answer();
        }
        return end instanceof CallEnd.Abandoned abandoned ? abandoned.answer() : Answer.NONE;
    }

    private UsageRecord record(Exchange exchange, CallEnd end, Charge charge, int status) {
        String upstreamId = answer(end).upstreamId();
        UsageRecord.Request request = new UsageRecord.Request(
                upstreamId.isEmpty() ? exchange.id() : upstreamId,
                exchange.id(),
                exchange.operation(),
                exchange.header("amz-sdk-invocation-id"),
                exchange.header("amz-sdk-request"));
        UsageRecord.Outcome outcome = new UsageRecord.Outcome(
                decision(end),
                limit(end),
                end.label(),
                status,
                exchange.elapsedNanos() / 1_000_000,
                firstByte(end) / 1_000_000);
        UsageRecord.Subject subject = exchange.call()
                .map(call -> UsageRecord.Subject.of(call.caller(), call.target()))
                .orElse(UsageRecord.Subject.UNKNOWN);
        return new UsageRecord(
                clock.instant(),
                request,
                subject,
                outcome,
                charge.usage(),
                charge.microUsd(),
                charge.estimated(),
                estimator.priceVersion(),
                pod);
    }

    private static String decision(CallEnd end) {
        return end instanceof CallEnd.Refused ? "refused" : end instanceof CallEnd.Denied ? "denied" : "approved";
    }

    private static String limit(CallEnd end) {
        return end instanceof CallEnd.Denied denied
                ? denied.denial().limit()
                : end instanceof CallEnd.Refused refused ? refused.reason().label() : "none";
    }

    /** Reads away what is left of a request, so that its connection can take the next one; not of an endless one. */
    private static void discardRequest(Exchange exchange, CallEnd end) {
        HttpServerRequest request = exchange.request();
        if (request.isEnded()) {
            return;
        }
        request.handler(chunk -> {});
        request.endHandler(v -> {});
        request.exceptionHandler(e -> {});
        request.resume();
        if (end instanceof CallEnd.Refused refused && refused.reason().closes()) {
            exchange.closeAfterLinger();
        }
    }
}
