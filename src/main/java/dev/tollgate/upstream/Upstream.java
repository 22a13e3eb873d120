package dev.tollgate.upstream;

import dev.tollgate.Deadlines;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import java.time.Duration;

/** Sends signed requests to the one upstream, over HTTP/2 if it is offered, with a bounded pool. No redirects. */
public final class Upstream {

    private static final int MAX_WAITING = 10_000;

    private final HttpClient client;
    private final Endpoint endpoint;
    private final String authority;
    private final Signer signer;
    private final Duration idleTimeout;
    private final Deadlines heads;
    private final UpstreamState state = new UpstreamState();

    public Upstream(Vertx vertx, UpstreamConfig config, Endpoint endpoint, Signer signer) {
        this.endpoint = endpoint;
        this.authority = endpoint.authority();
        this.idleTimeout = config.idleTimeout();
        this.heads = new Deadlines(vertx, idleTimeout);
        this.signer = signer;
        this.client = client(vertx, config, endpoint);
    }

    /** A client of one endpoint: TLS verified, connections bounded. */
    static HttpClient client(Vertx vertx, UpstreamConfig config, Endpoint endpoint) {
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
        return vertx.createHttpClient(options, pool);
    }

    /** Signs and sends one request; the future is the answer's head, its body is paused. */
    public Future<HttpClientResponse> send(UpstreamRequest request) {
        request.headers().set("host", authority);
        if (!request.method().equals("GET")) {
            request.headers()
                    .set("content-length", String.valueOf(request.payload().length()));
        }
        return signer.sign(request)
                .recover(e -> e instanceof UpstreamException
                        ? Future.failedFuture(e)
                        : failed(UpstreamFault.NO_CREDENTIALS, noCredentials(e)))
                .compose(signed -> client.request(options(request))
                        .recover(e -> failed(UpstreamFault.UNREACHABLE, unreachable(e)))
                        .compose(out -> exchange(out, request.payload())));
    }

    private RequestOptions options(UpstreamRequest request) {
        return new RequestOptions()
                .setHost(endpoint.host())
                .setPort(endpoint.port())
                .setSsl(endpoint.tls())
                .setMethod(HttpMethod.valueOf(request.method()))
                .setURI(request.path())
                .setFollowRedirects(false)
                .setHeaders(request.headers());
    }

    private Future<HttpClientResponse> exchange(HttpClientRequest request, Payload payload) {
        state.sound();
        Deadlines.Deadline deadline = heads.of(request::reset);
        deadline.start();
        Future<HttpClientResponse> head = payload.length() == 0 ? request.send() : Upload.send(request, payload);
        return head.transform(result -> {
            boolean inTime = deadline.met();
            if (result.failed()) {
                return broken(inTime);
            }
            result.result().pause();
            return head;
        });
    }

    private String noCredentials(Throwable cause) {
        state.failing(UpstreamState.NO_CREDENTIALS, cause);
        return "Tollgate has no AWS credentials to sign with: check the pod's role, or run tollgate doctor";
    }

    private String unreachable(Throwable cause) {
        state.failing(endpoint.host() + " cannot be reached", cause);
        return "no connection to " + endpoint.host();
    }

    /** Longest silence before an answer's head and within its body. */
    public Duration idleTimeout() {
        return idleTimeout;
    }

    private static <T> Future<T> broken(boolean inTime) {
        return inTime
                ? failed(UpstreamFault.RESET, "the upstream broke off before it answered")
                : failed(UpstreamFault.TIMEOUT, "the upstream was silent for too long");
    }

    private static <T> Future<T> failed(UpstreamFault fault, String message) {
        return Future.failedFuture(new UpstreamException(fault, message));
    }

    /** Signs a request that is not sent: credentials are there before the first call, or their lack is logged. */
    public void prepare() {
        UpstreamRequest sample = UpstreamRequest.get("/");
        sample.headers().set("host", authority);
        signer.sign(sample).onFailure(this::noCredentials);
    }

    /** True unless the last request could not be signed. */
    public boolean canSign() {
        return state.canSign();
    }

    /** True unless the last request could not be signed or sent. */
    public boolean sound() {
        return state.isSound();
    }
}
