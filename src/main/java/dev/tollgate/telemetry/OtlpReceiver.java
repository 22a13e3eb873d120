package dev.tollgate.telemetry;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/** One path of an OTLP receiver. An attempt ends in time, whatever the receiver does, and reads little of its answer. */
final class OtlpReceiver {

    // An answer is empty or says how many were rejected and why.
    private static final int MAX_REPLY = 16 * 1024;

    private final Vertx vertx;
    private final HttpClient client;
    private final RequestOptions options;
    private final Duration deadline;

    /** @param status 200 to 599; 0 if there was none, and the body says why */
    record Reply(int status, String retryAfter, String body) {}

    /**
     * @param base http or https, with a host
     * @param path of the signal
     * @param deadline of one attempt
     */
    OtlpReceiver(Vertx vertx, URI base, String path, Map<String, String> headers, Duration deadline) {
        this.vertx = vertx;
        this.deadline = deadline;
        this.client = vertx.createHttpClient(new HttpClientOptions()
                .setConnectTimeout((int) deadline.toMillis())
                .setMaxPoolSize(1)
                .setMaxChunkSize(MAX_REPLY));
        boolean tls = "https".equals(base.getScheme());
        String prefix = base.getRawPath() == null ? "" : base.getRawPath().replaceFirst("/+$", "");
        this.options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(base.getHost())
                .setPort(base.getPort() > 0 ? base.getPort() : tls ? 443 : 80)
                .setSsl(tls)
                .setURI(prefix + path)
                .setFollowRedirects(false);
        headers.forEach(options::putHeader);
        options.putHeader("Content-Type", "application/json");
    }

    /** Sends once; fails if there is no answer in time. */
    Future<Reply> post(Buffer json) {
        Promise<Reply> done = Promise.promise();
        client.request(new RequestOptions(options))
                .onFailure(done::tryFail)
                .onSuccess(request -> send(request, json, done));
        return done.future();
    }

    private void send(HttpClientRequest request, Buffer json, Promise<Reply> done) {
        long timer = vertx.setTimer(deadline.toMillis(), t -> {
            if (done.tryFail(new TimeoutException("no answer within " + deadline))) {
                request.reset();
            }
        });
        done.future().onComplete(d -> vertx.cancelTimer(timer));
        request.response().onFailure(done::tryFail).onSuccess(response -> read(request, response, done));
        request.end(json).onFailure(done::tryFail);
    }

    private static void read(HttpClientRequest request, HttpClientResponse response, Promise<Reply> done) {
        Buffer body = Buffer.buffer();
        String retryAfter = String.valueOf(response.getHeader("Retry-After"));
        response.exceptionHandler(done::tryFail);
        response.handler(chunk -> {
            if (body.length() + chunk.length() <= MAX_REPLY) {
                body.appendBuffer(chunk);
            } else if (done.tryComplete(new Reply(response.statusCode(), retryAfter, ""))) {
                request.reset();
            }
        });
        response.endHandler(v -> done.tryComplete(new Reply(response.statusCode(), retryAfter, body.toString())));
    }
}
