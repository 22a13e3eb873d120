package dev.tollgate.proxy;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * The port that applications call, on loopback only, one server for each event loop. Quarkus' own server has no bound on
 * half-sent heads and repairs bad framing, so this one replaces it (ADR 10).
 */
public final class DataPort {

    private static final Logger LOG = Logger.getLogger(DataPort.class);
    // A model id of 2,048 characters may be percent-encoded three times as long.
    private static final int MAX_LINE = 8192;
    private static final int MAX_HEAD = 32 * 1024;
    private static final long SWEEP_MILLIS = 1000;

    private final Vertx vertx;
    private final Optional<Context> first;
    private final ProxyConfig config;
    private final Handler<HttpServerRequest> handler;
    private final Consumer<Refusal> refused;
    private final Map<HttpConnection, Peer> peers = new ConcurrentHashMap<>();
    private final NetClient toHttp2;
    private volatile int http2Port;

    /**
     * @param first serves the first connection, the others take turns with it: where a call's ledger is asked, so that a client of
     *     one connection wakes no second thread
     * @param handler takes every request whose framing is sound
     * @param refused receives the reason of each request that is refused before it reaches the handler
     */
    public DataPort(
            Vertx vertx,
            Optional<Context> first,
            ProxyConfig config,
            Handler<HttpServerRequest> handler,
            Consumer<String> refused) {
        this.vertx = vertx;
        this.first = first;
        this.config = config;
        this.handler = handler;
        this.refused = reason -> refused.accept(reason.label());
        this.toHttp2 = vertx.createNetClient(new NetClientOptions().setTcpNoDelay(true));
    }

    /** Listens on 127.0.0.1, and on ::1 if the machine has it. Fails if the port is taken. */
    public Future<Void> listen(int port) {
        vertx.setPeriodic(SWEEP_MILLIS, t -> sweep());
        return listenForHttp2().compose(v -> serve(port, "127.0.0.1")).compose(v -> serve(port, "::1")
                .recover(e -> {
                    LOG.debugf("no IPv6 loopback: %s", e.getMessage());
                    return Future.succeededFuture();
                }));
    }

    /** A server for the connections that {@link HeadGuard} carries to it, on any free port of loopback. */
    private Future<Void> listenForHttp2() {
        return vertx.createHttpServer(options().setHttp2ClearTextEnabled(true))
                .requestHandler(request -> {
                    if (request.version() == HttpVersion.HTTP_2) {
                        request.pause();
                        handler.handle(request);
                    } else {
                        request.connection().close();
                    }
                })
                .listen(0, "127.0.0.1")
                .map(server -> {
                    http2Port = server.actualPort();
                    return null;
                });
    }

    private static HttpServerOptions options() {
        return new HttpServerOptions()
                .setHttp2ClearTextEnabled(false)
                .setHandle100ContinueAutomatically(true)
                .setTcpNoDelay(true)
                // No web sockets here: without these there is one handler less.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setMaxInitialLineLength(MAX_LINE)
                .setMaxHeaderSize(MAX_HEAD);
    }

    /** One server for each processor, each on an event loop of its own; connections come to them in turn. */
    private Future<Void> serve(int port, String host) {
        Future<Void> all = Future.succeededFuture();
        for (EventLoop loop : loops()) {
            Context context = ((VertxInternal) vertx)
                    .createEventLoopContext(loop, null, Thread.currentThread().getContextClassLoader());
            all = all.compose(v -> on(context, port, host));
        }
        return all;
    }

    private List<EventLoop> loops() {
        Set<EventLoop> loops = new LinkedHashSet<>();
        first.ifPresent(context -> loops.add(((ContextInternal) context).nettyEventLoop()));
        ((VertxInternal) vertx).getEventLoopGroup().forEach(loop -> loops.add((EventLoop) loop));
        return loops.stream().limit(Runtime.getRuntime().availableProcessors()).toList();
    }

    private Future<Void> on(Context context, int port, String host) {
        Promise<Void> listens = Promise.promise();
        context.runOnContext(v -> server().listen(port, host).<Void>mapEmpty().onComplete(listens));
        return listens.future();
    }

    private HttpServer server() {
        return vertx.createHttpServer(options())
                .connectionHandler(this::connected)
                .invalidRequestHandler(this::invalid)
                .requestHandler(this::handle);
    }

    private void connected(HttpConnection connection) {
        if (peers.size() >= config.maxConnections()) {
            connection.close();
            return;
        }
        Peer peer = new Peer(connection, () -> refused.accept(Refusal.BAD_REQUEST));
        peers.put(connection, peer);
        connection.closeHandler(v -> peers.remove(connection));
        // Vert.x offers no other way to see a head's bytes as they came.
        ((ConnectionBase) connection)
                .channelHandlerContext()
                .pipeline()
                .addFirst(new HeadGuard(peer, () -> toHttp2.connect(http2Port, "127.0.0.1")));
    }

    private void handle(HttpServerRequest request) {
        Peer peer = peers.get(request.connection());
        if (peer == null) {
            request.connection().close();
            return;
        }
        peer.callBegan();
        request.response().endHandler(v -> peer.callEnded());
        request.pause();
        handler.handle(request);
    }

    /** A head that Netty cannot read: too long, or not HTTP. */
    private void invalid(HttpServerRequest request) {
        refused.accept(Refusal.BAD_REQUEST);
        Throwable cause = request.decoderResult().cause();
        int status = 400;
        String problem = "expected HTTP/1.1";
        if (cause instanceof TooLongHttpLineException) {
            status = 414;
            problem = "expected a request line of at most " + MAX_LINE + " bytes";
        } else if (cause instanceof TooLongHttpHeaderException) {
            status = 431;
            problem = "expected headers of at most " + MAX_HEAD + " bytes";
        }
        ErrorResponses.invalid(request.response(), status, problem);
        request.connection().close();
    }

    private void sweep() {
        long now = System.nanoTime();
        peers.values().forEach(peer -> peer.closeIfIdle(now, config));
    }
}
