package dev.tollgate.upstream;

import dev.tollgate.upstream.UpstreamException.Stage;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** Sends signed requests to the one upstream, over HTTP/2 where it is offered, with a bounded pool. No redirects. */
public final class Upstream {

    private static final int MAX_WAITING = 10_000;

    private final HttpClient client;
    private final Endpoint endpoint;
    private final Signer signer;
    private final Duration idleTimeout;

    public Upstream(
            Vertx vertx, UpstreamConfig config, Endpoint endpoint, Optional<String> bearerToken, CallGuard guard) {
        this.endpoint = endpoint;
        this.idleTimeout = config.idleTimeout();
        this.signer = bearerToken
                .<Signer>map(BearerSigner::new)
                .orElseGet(() -> new SigV4Signer(
                        vertx,
                        endpoint,
                        new CredentialsCache(
                                vertx, CredentialsChain.of(endpoint.region()), guard, InstantSource.system())));
        HttpClientOptions options = new HttpClientOptions()
                .setSsl(endpoint.tls())
                .setVerifyHost(true)
                .setTcpNoDelay(true)
                .setMaxWaitQueueSize(MAX_WAITING)
                .setConnectTimeout((int) config.connectTimeout().toMillis())
                .setMaxHeaderSize(64 * 1024);
        if (endpoint.tls()) {
            options.setUseAlpn(true).setProtocolVersion(HttpVersion.HTTP_2);
            config.caFile()
                    .ifPresent(file -> options.setTrustOptions(new PemTrustOptions().addCertPath(file.toString())));
        }
        PoolOptions pool =
                new PoolOptions().setHttp1MaxSize(config.maxConnections()).setHttp2MaxSize(4);
        this.client = vertx.createHttpClient(options, pool);
    }

    /**
     * Signs and sends one request; the future is the answer's head, its body is paused.
     *
     * @param path raw path and query, sent as they are
     * @param headers end-to-end headers only; host and signature are set here
     */
    public Future<HttpClientResponse> send(String method, String path, MultiMap headers, byte[] body) {
        headers.set("host", endpoint.authority());
        if (!method.equals("GET")) {
            headers.set("content-length", String.valueOf(body.length));
        }
        Future<Void> signed = signer.sign(method, path, headers, body)
                .recover(e -> failed(
                        Stage.SIGN,
                        "no AWS credentials could be had: " + e.getClass().getSimpleName()));
        long sent = System.nanoTime();
        return signed.compose(v -> {
            RequestOptions options = new RequestOptions()
                    .setHost(endpoint.host())
                    .setPort(endpoint.port())
                    .setSsl(endpoint.tls())
                    .setMethod(HttpMethod.valueOf(method))
                    .setURI(path)
                    .setFollowRedirects(false)
                    .setIdleTimeout(idleTimeout.toMillis())
                    .setHeaders(headers);
            return client.request(options)
                    .recover(e -> failed(Stage.CONNECT, "no connection to " + endpoint.host()))
                    .compose(request -> (body.length == 0 ? request.send() : request.send(Buffer.buffer(body)))
                            .onSuccess(HttpClientResponse::pause)
                            .recover(e -> broken(sent)));
        });
    }

    /** Longest silence before an answer's head and within its body. */
    public Duration idleTimeout() {
        return idleTimeout;
    }

    private <T> Future<T> broken(long sentNanos) {
        // The client tells of silence by ending the request, and its timer may run a little early.
        boolean silent = System.nanoTime() - sentNanos >= idleTimeout.toNanos() * 9 / 10;
        return silent
                ? failed(Stage.TIMEOUT, "the upstream was silent for too long")
                : failed(Stage.SENT, "the upstream broke off before it answered");
    }

    private static <T> Future<T> failed(Stage stage, String message) {
        return Future.failedFuture(new UpstreamException(stage, message));
    }

    /** Where requests go. */
    public Endpoint endpoint() {
        return endpoint;
    }

    public Future<Void> close() {
        return client.close();
    }
}
