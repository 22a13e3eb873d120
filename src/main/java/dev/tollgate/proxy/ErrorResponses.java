package dev.tollgate.proxy;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.tollgate.admission.Decision;
import dev.tollgate.bedrock.Operation;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/** Turns ends into errors that AWS SDKs understand: type header, request id, {@code {"message": ...}}. */
final class ErrorResponses {

    // Some SDKs sleep as long as Retry-After says, weeks included.
    private static final long MAX_RETRY_MILLIS = 60_000;

    private final DenialConfig config;

    ErrorResponses(DenialConfig config) {
        this.config = config;
    }

    private record Body(int status, String type, String message, long retryMillis) {}

    private static final JsonStringEncoder JSON = JsonStringEncoder.getInstance();

    /** Answers a call that has no answer yet. @return the status that the client got, 0 if none */
    int answer(Exchange exchange, CallEnd end) {
        if (end instanceof CallEnd.Denied denied) {
            limitHeaders(exchange.response(), denied.denial());
            return send(exchange, error(denied.denial()), List.of());
        }
        if (end instanceof CallEnd.Refused refused) {
            return send(exchange, error(refused), refused.mistakes());
        }
        if (end instanceof CallEnd.Unanswered unanswered) {
            return send(exchange, error(unanswered), List.of());
        }
        if (end instanceof CallEnd.Broken broken && !exchange.response().headWritten()) {
            exchange.response().headers().clear();
            return send(exchange, error(broken), List.of());
        }
        return exchange.response().headWritten() ? exchange.response().getStatusCode() : 0;
    }

    private static void limitHeaders(HttpServerResponse response, Decision.Denied denial) {
        if (response.headWritten()) {
            return;
        }
        response.putHeader("X-Tollgate-Limit", denial.limit() + ";limit=" + denial.limitText())
                .putHeader("X-Tollgate-Remaining", denial.remainingText());
        denial.resetsAt().ifPresent(at -> response.putHeader("X-Tollgate-Reset", at.toString()));
    }

    private Body error(Decision.Denied denied) {
        long wait = denied.waitMillis();
        return switch (denied.reason()) {
            case RATE, CONCURRENCY -> new Body(429, "ThrottlingException", denied.message(), Math.max(1, wait));
            case TOO_LARGE, UNPRICED -> new Body(400, "ValidationException", denied.message(), 0);
            case LEDGER_UNAVAILABLE ->
                new Body(503, "ServiceUnavailableException", denied.message(), Math.max(1, wait));
            case BUDGET ->
                switch (config.budget()) {
                    case SERVICE_QUOTA -> new Body(400, "ServiceQuotaExceededException", denied.message(), 0);
                    case ACCESS_DENIED -> new Body(403, "AccessDeniedException", denied.message(), 0);
                    case THROTTLING -> new Body(429, "ThrottlingException", denied.message(), Math.max(1, wait));
                };
        };
    }

    /** A whole answer for a request that cannot be read; its connection closes. */
    static String raw(String problem) {
        String body = "{\"message\":\"" + problem + "\"}";
        return "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nx-amzn-ErrorType: ValidationException\r\n"
                + "x-amzn-RequestId: " + UUID.randomUUID() + "\r\nConnection: close\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body;
    }

    private static String json(InvalidRequestException.Mistake mistake) {
        return "{\"field\":\"" + quoted(mistake.field()) + "\",\"expected\":\"" + quoted(mistake.expected())
                + "\",\"found\":\"" + quoted(mistake.found()) + "\"}";
    }

    private static String quoted(String text) {
        return new String(JSON.quoteAsString(text));
    }

    /** Answers a request whose head could not be decoded. */
    static void invalid(HttpServerResponse response, int status, String problem) {
        response.setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .putHeader("x-amzn-ErrorType", status == 403 ? "AccessDeniedException" : "ValidationException")
                .putHeader("x-amzn-RequestId", UUID.randomUUID().toString())
                .putHeader("Connection", "close")
                .end("{\"message\":\"" + quoted(problem) + "\"}");
    }

    /** Answers a request that is no call. */
    static void refuse(HttpServerResponse response, RefusedException refused) {
        Body error = error(new CallEnd.Refused(refused.reason(), String.valueOf(refused.getMessage())));
        invalid(response, error.status, error.message);
    }

    private static Body error(CallEnd.Unanswered end) {
        return switch (end.fault()) {
            case NO_CREDENTIALS -> new Body(503, "ServiceUnavailableException", end.message(), 1000);
            case UNREACHABLE, RESET -> new Body(503, "ServiceUnavailableException", end.message(), 100);
            case TIMEOUT -> new Body(408, "ModelTimeoutException", end.message(), 0);
        };
    }

    private static Body error(CallEnd.Broken end) {
        return switch (end.cause()) {
            case CUT -> new Body(503, "ServiceUnavailableException", "the upstream broke off", 100);
            case SILENT -> new Body(408, "ModelTimeoutException", "the upstream was silent for too long", 0);
            case STOPPED -> new Body(503, "ServiceUnavailableException", "Tollgate is stopping", 1000);
        };
    }

    private static Body error(CallEnd.Refused end) {
        return switch (end.reason()) {
            case UNKNOWN_OPERATION -> new Body(404, "UnknownOperationException", end.message(), 0);
            case NOT_METERED, BAD_REQUEST -> new Body(400, "ValidationException", end.message(), 0);
            case TOO_LARGE -> new Body(413, "ValidationException", end.message(), 0);
            case TENANT, HOST, BROWSER -> new Body(403, "AccessDeniedException", end.message(), 0);
            case SLOW_BODY -> new Body(408, "ValidationException", end.message(), 0);
            case BUSY, STOPPING -> new Body(503, "ServiceUnavailableException", end.message(), 1000);
            case INTERNAL -> new Body(500, "InternalServerException", end.message(), 0);
        };
    }

    private static int send(Exchange exchange, Body error, List<InvalidRequestException.Mistake> mistakes) {
        HttpServerResponse response = exchange.response();
        if (response.headWritten() || response.closed()) {
            return error.status;
        }
        if (error.retryMillis > 0) {
            long wait = Math.min(MAX_RETRY_MILLIS, error.retryMillis);
            response.putHeader("Retry-After", String.valueOf((wait + 999) / 1000));
            response.putHeader("x-amz-retry-after", String.valueOf(wait));
        }
        if (error.retryMillis > MAX_RETRY_MILLIS) {
            response.putHeader("x-should-retry", "false");
        }
        // What is left of a body like this is not read away.
        if (error.status == 413 || error.status == 408) {
            response.putHeader("Connection", "close");
        }
        response.setStatusCode(error.status)
                .putHeader("Content-Type", "application/json")
                .putHeader("x-amzn-ErrorType", error.type)
                .putHeader("x-amzn-RequestId", exchange.id())
                .end(json(exchange.operation(), error, mistakes));
        return error.status;
    }

    private static String json(Operation operation, Body error, List<InvalidRequestException.Mistake> mistakes) {
        String message = quoted(error.message);
        if (!mistakes.isEmpty()) {
            return "{\"message\":\"" + message + "\",\"errors\":"
                    + mistakes.stream().map(ErrorResponses::json).collect(Collectors.joining(",", "[", "]")) + '}';
        }
        return operation.body() == Operation.Body.OPENAI
                ? "{\"message\":\"" + message + "\",\"error\":{\"message\":\"" + message + "\",\"type\":\"" + error.type
                        + "\",\"code\":" + error.status + "}}"
                : "{\"message\":\"" + message + "\"}";
    }
}
