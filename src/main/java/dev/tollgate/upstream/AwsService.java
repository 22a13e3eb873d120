package dev.tollgate.upstream;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * JSON operations of an AWS service for commands: signed, and what may pass (throttling, errors of the service, lost
 * connections) tried again with back-off and jitter. Blocking. Ours, because the SDK's clients cost megabytes (ADR 25).
 */
public final class AwsService {

    private static final int TIMEOUT_MILLIS = 30_000;
    private static final int MAX_ATTEMPTS = 8;
    private static final long PAUSE_MILLIS = 200;
    private static final long LONGEST_PAUSE_MILLIS = 8000;
    private static final int MAX_MESSAGE = 300;
    private static final Set<String> PASSING = Set.of(
            "ThrottlingException",
            "Throttling",
            "TooManyRequestsException",
            "LimitExceededException",
            "RequestTimeout");

    private final SignedCall call;

    /**
     * @param service name in signatures, such as {@code bedrock} or {@code ce}
     * @param authorities PEM file of those to trust; the JDK's without one
     */
    public AwsService(String service, URI endpoint, String region, Optional<Path> authorities) {
        AwsCredentialsProvider credentials = new RecentCredentials(CredentialsChain.of(region));
        this.call = new SignedCall(endpoint, service, region, credentials, authorities, TIMEOUT_MILLIS);
    }

    /** Where it is. */
    public String host() {
        return String.valueOf(call.endpoint().getHost());
    }

    /**
     * A GET, or a DELETE.
     *
     * @param path encoded
     * @throws AwsServiceException if the service refused
     * @throws IOException if it cannot be reached, or there are no credentials
     */
    public JsonObject send(String method, String path, Map<String, String> query) throws IOException {
        return send(method, path, query, Map.of(), "");
    }

    /** A POST of JSON; throws as {@link #send}. */
    public JsonObject post(String path, JsonObject body) throws IOException {
        return send("POST", path, Map.of(), Map.of("Content-Type", "application/json"), body.encode());
    }

    /** An operation of the protocol JSON 1.1; throws as {@link #send}. */
    public JsonObject target(String operation, JsonObject body) throws IOException {
        Map<String, String> headers = Map.of("Content-Type", "application/x-amz-json-1.1", "X-Amz-Target", operation);
        return send("POST", "/", Map.of(), headers, body.encode());
    }

    private JsonObject send(
            String method, String path, Map<String, String> query, Map<String, String> headers, String body)
            throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return understood(call.send(method, path, query, headers, body));
            } catch (IOException e) {
                if (attempt == MAX_ATTEMPTS || !mayPass(e)) {
                    throw e;
                }
            }
            pause(attempt);
        }
    }

    /** Waits, longer from attempt to attempt, and never in step with others. */
    public static void pause(int attempt) throws IOException {
        long most = Math.min(LONGEST_PAUSE_MILLIS, PAUSE_MILLIS << Math.min(attempt - 1, 10));
        try {
            TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static boolean mayPass(IOException e) {
        if (e instanceof AwsServiceException refused) {
            return refused.status() == 429 || refused.status() >= 500 || PASSING.contains(refused.type());
        }
        return !(e instanceof UnknownHostException
                || e instanceof ConnectException
                || e instanceof SSLException
                || e instanceof CallerIdentity.CredentialsMissingException);
    }

    private static JsonObject understood(SignedCall.Answer answer) throws IOException {
        Optional<JsonObject> json = json(answer.body());
        if (answer.status() / 100 == 2) {
            return json.orElseThrow(() -> new AwsServiceException(answer.status(), "", "an answer that is not JSON"));
        }
        String type = answer.errorType()
                .or(() -> json.map(j -> j.getString("__type")))
                .or(() -> json.map(j -> j.getString("code")))
                .orElse("");
        String message =
                json.map(j -> j.getString("message", j.getString("Message"))).orElse("status " + answer.status());
        throw new AwsServiceException(answer.status(), name(type), printable(message));
    }

    private static Optional<JsonObject> json(String body) {
        try {
            return Optional.of(body.isBlank() ? new JsonObject() : new JsonObject(body));
        } catch (DecodeException | ClassCastException e) {
            return Optional.empty();
        }
    }

    /** Without what services put before and after the error's name. */
    private static String name(String type) {
        String tail = type.substring(type.indexOf('#') + 1);
        int colon = tail.indexOf(':');
        String name = colon < 0 ? tail : tail.substring(0, colon);
        return name.matches("[A-Za-z]{1,80}") ? name : "";
    }

    private static String printable(String message) {
        String line = message.replaceAll("\\p{Cntrl}", " ");
        return line.length() > MAX_MESSAGE ? line.substring(0, MAX_MESSAGE) + "..." : line;
    }
}
