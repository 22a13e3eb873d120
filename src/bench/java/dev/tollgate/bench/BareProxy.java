package dev.tollgate.bench;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;

/**
 * The floor: the same HTTP server and client as Tollgate's, that read a request whole, send it on and pass the answer back, and
 * do nothing else. Reads the settings that Tollgate does for port, management port and upstream.
 */
public final class BareProxy extends AbstractVerticle {

    private final int port = Integer.parseInt(System.getenv("TOLLGATE_PORT"));
    private final URI endpoint = URI.create(System.getenv("TOLLGATE_UPSTREAM_ENDPOINT"));
    private final HttpClient client;

    private BareProxy(HttpClient client) {
        this.client = client;
    }

    public static void main(String[] args) {
        Vertx vertx = Vertx.vertx();
        HttpClient client = vertx.createHttpClient(
                new HttpClientOptions().setTcpNoDelay(true), new PoolOptions().setHttp1MaxSize(512));
        int loops = Runtime.getRuntime().availableProcessors();
        vertx.deployVerticle(() -> new BareProxy(client), new DeploymentOptions().setInstances(loops))
                .compose(id -> vertx.createHttpServer()
                        .requestHandler(request -> request.response().end())
                        .listen(Integer.parseInt(System.getenv("TOLLGATE_MANAGEMENT_PORT")), "127.0.0.1"))
                .onFailure(Throwable::printStackTrace);
    }

    @Override
    public void start() {
        vertx.createHttpServer()
                .requestHandler(this::forward)
                .listen(port, "127.0.0.1")
                .onFailure(Throwable::printStackTrace);
    }

    private void forward(HttpServerRequest request) {
        RequestOptions options = new RequestOptions()
                .setHost(endpoint.getHost())
                .setPort(endpoint.getPort())
                .setMethod(request.method())
                .setURI(request.uri())
                .putHeader("content-type", request.getHeader("content-type"));
        request.body()
                .compose(body -> client.request(options).compose(out -> out.send(body)))
                .onSuccess(answer -> {
                    answer.headers().forEach(request.response()::putHeader);
                    answer.handler(request.response()::write);
                    answer.endHandler(end -> request.response().end());
                })
                .onFailure(e -> request.response().setStatusCode(502).end());
    }
}
