package dev.tollgate.proxy;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.tollgate.admission.Decision;
import dev.tollgate.bedrock.BadRequest;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.upstream.UpstreamException;
import io.vertx.core.http.HttpServerResponse;
import org.jboss.logging.Logger;

/** Turns outcomes into errors that AWS SDKs understand: type header, request id, {@code {"message": ...}}. */
final class ErrorResponses {

    private static final Logger LOG = Logger.getLogger(ErrorResponses.class);

    private final DenialConfig config;

    ErrorResponses(DenialConfig config) {
        this.config = config;
    }

    private record Answer(int status, String type, String message, long retryMillis) {}

    /** @return the status sent */
    int denied(HttpServerResponse response, String id, Operation operation, Decision.Denied denied) {
        response.putHeader("X-Tollgate-Limit", denied.limit() + ";limit=" + denied.limitAmount());
        response.putHeader("X-Tollgate-Remaining", String.valueOf(denied.remaining()));
        return send(response, id, operation, answer(denied));
    }

    private Answer answer(Decision.Denied denied) {
        long wait = denied.waitMillis();
        return switch (denied.reason()) {
            case RATE, CONCURRENCY -> new Answer(429, "ThrottlingException", denied.message(), Math.max(1, wait));
            case TOO_LARGE -> new Answer(400, "ValidationException", denied.message(), 0);
            case LEDGER_UNAVAILABLE ->
                new Answer(503, "ServiceUnavailableException", denied.message(), Math.max(1, wait));
            case BUDGET ->
                switch (config.budget()) {
                    case SERVICE_QUOTA -> new Answer(400, "ServiceQuotaExceededException", denied.message(), 0);
                    case ACCESS_DENIED -> new Answer(403, "AccessDeniedException", denied.message(), 0);
                    case THROTTLING -> new Answer(429, "ThrottlingException", denied.message(), Math.max(1, wait));
                };
        };
    }

    /** @return the status sent */
    int failed(HttpServerResponse response, String id, Operation operation, Throwable failure) {
        return send(response, id, operation, answer(failure));
    }

    private static Answer answer(Throwable failure) {
        if (failure instanceof BadRequest bad) {
            return new Answer(400, "ValidationException", String.valueOf(bad.getMessage()), 0);
        }
        if (failure instanceof UpstreamException upstream) {
            String message = String.valueOf(upstream.getMessage());
            return switch (upstream.stage()) {
                case SIGN -> new Answer(503, "ServiceUnavailableException", message, 1000);
                case CONNECT, SENT -> new Answer(503, "ServiceUnavailableException", message, 100);
                case TIMEOUT -> new Answer(408, "ModelTimeoutException", message, 0);
            };
        }
        if (failure instanceof CallFailure call) {
            return answer(call);
        }
        LOG.error("A call failed inside Tollgate", failure);
        return new Answer(500, "InternalServerException", "Tollgate failed; its log says why", 0);
    }

    private static Answer answer(CallFailure call) {
        String message = String.valueOf(call.getMessage());
        return switch (call.kind()) {
            case UNKNOWN_OPERATION -> new Answer(404, "UnknownOperationException", message, 0);
            case NOT_METERED, BAD_REQUEST -> new Answer(400, "ValidationException", message, 0);
            case TOO_LARGE -> new Answer(413, "ValidationException", message, 0);
            case TENANT -> new Answer(403, "AccessDeniedException", message, 0);
            case BUSY, STOPPING -> new Answer(503, "ServiceUnavailableException", message, 1000);
        };
    }

    private static int send(HttpServerResponse response, String id, Operation operation, Answer answer) {
        if (response.headWritten() || response.closed()) {
            return answer.status;
        }
        if (answer.retryMillis > 0) {
            response.putHeader("Retry-After", String.valueOf((answer.retryMillis + 999) / 1000));
            response.putHeader("x-amz-retry-after", String.valueOf(answer.retryMillis));
        }
        String message = new String(JsonStringEncoder.getInstance().quoteAsString(answer.message));
        String body = operation.body() == Operation.Body.OPENAI
                ? "{\"message\":\"" + message + "\",\"error\":{\"message\":\"" + message + "\",\"type\":\""
                        + answer.type + "\",\"code\":" + answer.status + "}}"
                : "{\"message\":\"" + message + "\"}";
        response.setStatusCode(answer.status)
                .putHeader("Content-Type", "application/json")
                .putHeader("x-amzn-ErrorType", answer.type)
                .putHeader("x-amzn-RequestId", id)
                .end(body);
        return answer.status;
    }
}
