package dev.tollgate.proxy;

import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Operation;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.util.Map;

/**
 * An API of Tollgate's own before Bedrock's: what a request of it means as a Converse call, and how the answer is told. One
 * object for each call, used on the call's event loop.
 */
public interface Dialect {

    /**
     * Reads a request.
     *
     * @param body whole, within the bounds of every request
     * @return fails with an {@link InvalidRequestException} that names every mistake
     */
    Future<Meaning> read(HttpServerRequest head, byte[] body);

    /**
     * Where the answer goes.
     *
     * @param passing takes the answer's head and what is told of its body
     * @param memory for what has to be kept of the answer
     */
    Outlet outlet(Sent sent, Outlet passing, HttpServerRequest head, HeldBytes memory);

    /**
     * A call of Bedrock's API.
     *
     * @param operation Converse or ConverseStream
     * @param model name or identifier, in the sense of {@link dev.tollgate.bedrock.BedrockPath#legalModel}
     * @param body of the operation
     */
    record Meaning(Operation operation, String model, byte[] body) {}

    /**
     * A call as it was sent.
     *
     * @param id Tollgate's id of the call
     * @param tags who calls, as the request metadata names it
     */
    record Sent(String id, ModelTarget target, Map<String, String> tags, Instant at) {}
}
