package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.LedgerException;
import dev.tollgate.ledger.LedgerFault;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One long-lived pipelined connection, opened by name with back-off and jitter when it breaks, falls silent, or turns out to
 * lead to the wrong server. Each attempt has a client of its own: closing a connection of the client's pool would keep its
 * socket. One connection and not two: replies come in the order of the script's runs (ADR 8). Belongs to the ledger's event
 * loop.
 */
final class LedgerConnection {

    private static final Logger LOG = Logger.getLogger(LedgerConnection.class);
    private static final int FIRST_RETRY_MILLIS = 100;
    private static final int LAST_RETRY_MILLIS = 1000;
    private static final long SILENCE_MILLIS = 1000;

    // Name resolution, TCP, TLS, HELLO, AUTH and the greeting together.
    private static final long CONNECT_MILLIS = 2000;

    /** The first exchange on a connection, before any other; it is used only if this succeeds. */
    interface Greeting {
        Future<Void> greet(Sender connection);
    }

    /** Sends one request. */
    interface Sender {
        Future<Response> send(Request request);
    }

    private final Vertx vertx;
    private final Context loop;
    private final Supplier<Redis> clients;
    private final Greeting greeting;
    private final Random jitter = new Random();
    private @Nullable Attempt current;
    private int retryMillis = FIRST_RETRY_MILLIS;
    private String reported = "";
    private boolean closed;
    private long watch = -1;
    private volatile long answeredAt = System.nanoTime();
    private volatile boolean open;

    LedgerConnection(Vertx vertx, Context loop, Supplier<Redis> clients, Greeting greeting) {
        this.vertx = vertx;
        this.loop = loop;
        this.clients = clients;
        this.greeting = greeting;
    }

    /** Completes with the first attempt, failed or not; attempts go on until closed. */
    Future<Void> start() {
        watch = vertx.setPeriodic(SILENCE_MILLIS / 4, t -> loop.runOnContext(v -> watchSilence()));
        return connect();
    }

    /** True while a greeted connection is there. */
    boolean isOpen() {
        return open;
    }

    /** Milliseconds since the last reply of any kind. */
    long ageMillis() {
        return (System.nanoTime() - answeredAt) / 1_000_000;
    }

    private Future<Void> connect() {
        Attempt attempt = new Attempt(clients.get());
        current = attempt;
        attempt.timer = vertx.setTimer(
                CONNECT_MILLIS,
                t -> loop.runOnContext(v -> lost(
                        attempt,
                        new LedgerException(
                                LedgerFault.TIMEOUT, "no answer within " + CONNECT_MILLIS + " ms of connecting"))));
        Promise<Void> first = Promise.promise();
        attempt.client
                .connect()
                .onComplete(result -> loop.runOnContext(v -> {
                    if (result.failed()) {
                        LedgerException problem = Problem.of(result.cause());
                        lost(attempt, problem);
                        first.tryFail(problem);
                    } else {
                        greet(attempt, result.result()).onComplete(first);
                    }
                }));
        return first.future();
    }

    private Future<Void> greet(Attempt attempt, RedisConnection connection) {
        attempt.connection = connection;
        connection.exceptionHandler(e -> loop.runOnContext(v -> lost(attempt, Problem.of(e))));
        connection.endHandler(e -> loop.runOnContext(
                v -> lost(attempt, new LedgerException(LedgerFault.CONNECTION, "the connection was closed"))));
        return greeting.greet(attempt)
                .onSuccess(greeted -> {
                    vertx.cancelTimer(attempt.timer);
                    if (current == attempt) {
                        open = true;
                        retryMillis = FIRST_RETRY_MILLIS;
                        if (!reported.isEmpty()) {
                            LOG.info("Redis is back");
                            reported = "";
                        }
                    }
                })
                .onFailure(e -> lost(attempt, Problem.of(e)));
    }

    /** Fails with a {@link LedgerException}; a server that is the wrong one is left. */
    Future<Response> send(Request request) {
        Attempt attempt = current;
        return attempt != null && open
                ? attempt.send(request)
                : Future.failedFuture(new LedgerException(LedgerFault.CONNECTION, "no connection to Redis"));
    }

    private void watchSilence() {
        Attempt attempt = current;
        if (attempt != null && open && attempt.silent()) {
            long movedAt = attempt.movedAt;
            // A busy event loop runs its timers before it reads.
            vertx.setTimer(
                    1,
                    t -> loop.runOnContext(v -> {
                        if (attempt.movedAt == movedAt && attempt.silent()) {
                            lost(
                                    attempt,
                                    new LedgerException(
                                            LedgerFault.TIMEOUT, "no answer for " + SILENCE_MILLIS + " ms"));
                        }
                    }));
        }
    }

    private void lost(Attempt attempt, LedgerException problem) {
        if (current != attempt) {
            return;
        }
        current = null;
        open = false;
        vertx.cancelTimer(attempt.timer);
        attempt.close(problem);
        if (closed) {
            return;
        }
        String name = Problem.name(problem);
        if (!name.equals(reported)) {
            reported = name;
            LOG.warnf(
                    "Redis does not answer (%s); limits follow their on-ledger-failure until it is back",
                    problem.getMessage());
        }
        vertx.setTimer(
                retryMillis / 2 + jitter.nextInt(retryMillis),
                t -> loop.runOnContext(v -> {
                    if (!closed) {
                        connect();
                    }
                }));
        retryMillis = Math.min(LAST_RETRY_MILLIS, retryMillis * 2);
    }

    void close() {
        closed = true;
        vertx.cancelTimer(watch);
        Attempt attempt = current;
        if (attempt != null) {
            lost(attempt, new LedgerException(LedgerFault.CONNECTION, "Tollgate is stopping"));
        }
    }

    /** One connection from its first packet to its end, with the requests that have no reply yet. */
    private final class Attempt implements Sender {
        private final Redis client;
        private final Set<Promise<Response>> pending = new HashSet<>();
        private @Nullable RedisConnection connection;
        private long timer = -1;
        private long movedAt = System.nanoTime();

        Attempt(Redis client) {
            this.client = client;
        }

        @Override
        public Future<Response> send(Request request) {
            RedisConnection to = connection;
            if (to == null || current != this) {
                return Future.failedFuture(new LedgerException(LedgerFault.CONNECTION, "no connection to Redis"));
            }
            Promise<Response> promise = Promise.promise();
            if (pending.isEmpty()) {
                movedAt = System.nanoTime();
            }
            pending.add(promise);
            to.send(request).onComplete(result -> {
                if (Vertx.currentContext() == loop) {
                    replied(promise, result);
                } else {
                    loop.runOnContext(v -> replied(promise, result));
                }
            });
            return promise.future();
        }

        private void replied(Promise<Response> promise, io.vertx.core.AsyncResult<Response> result) {
            movedAt = System.nanoTime();
            answeredAt = movedAt;
            if (!pending.remove(promise)) {
                return;
            }
            if (result.succeeded()) {
                promise.complete(result.result());
                return;
            }
            LedgerException problem = Problem.of(result.cause());
            boolean leave = problem.fault() == LedgerFault.WRONG_SERVER || problem.fault() == LedgerFault.CONNECTION;
            promise.fail(Problem.noScript(result.cause()) ? result.cause() : problem);
            if (leave) {
                lost(this, problem);
            }
        }

        boolean silent() {
            return !pending.isEmpty() && System.nanoTime() - movedAt > SILENCE_MILLIS * 1_000_000;
        }

        void close(LedgerException problem) {
            client.close();
            LedgerFault fault =
                    problem.fault() == LedgerFault.WRONG_SERVER ? LedgerFault.WRONG_SERVER : LedgerFault.CONNECTION;
            Set<Promise<Response>> left = Set.copyOf(pending);
            pending.clear();
            left.forEach(p -> p.fail(new LedgerException(fault, String.valueOf(problem.getMessage()))));
        }
    }
}
