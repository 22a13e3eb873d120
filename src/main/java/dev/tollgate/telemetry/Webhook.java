package dev.tollgate.telemetry;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * POSTs JSON strings to one URL, one at a time and in order. A receiver that is slow, mute or failing costs strings,
 * which are counted, and never a call: the queue is bounded and nothing waits for it.
 */
public final class Webhook {

    private static final Logger LOG = Logger.getLogger(Webhook.class);

    /**
     * Bounds of delivery.
     *
     * @param timeout of one attempt
     * @param firstPause before the second attempt; each further one is twice as long
     * @param attempts for one string
     * @param waiting strings at most, the one in delivery included
     */
    public record Bounds(Duration timeout, Duration firstPause, int attempts, int waiting) {
        /** Gives up after about a minute and a half. */
        public static final Bounds USUAL = new Bounds(Duration.ofSeconds(10), Duration.ofSeconds(1), 6, 100);
    }

    /** What became of a string. */
    public enum Outcome {
        SENT,
        /** Every attempt failed, or the receiver rejected it. */
        FAILED,
        /** Too many were waiting. */
        DROPPED
    }

    private final Vertx vertx;
    private final HttpClient client;
    private final URI url;
    private final Bounds bounds;
    private final Consumer<Outcome> ended;
    private final Deque<String> waiting = new ArrayDeque<>();
    private Promise<Void> idle = Promise.promise();

    /**
     * @param url http or https, with a host
     * @param ended receives the outcome of each string
     */
    public Webhook(Vertx vertx, URI url, Bounds bounds, Consumer<Outcome> ended) {
        this.vertx = vertx;
        this.url = url;
        this.bounds = bounds;
        this.ended = ended;
        int millis = (int) bounds.timeout.toMillis();
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setConnectTimeout(millis).setKeepAlive(false));
        idle.complete();
    }

    /** Queues a string; returns at once. */
    public void send(String json) {
        boolean first;
        synchronized (this) {
            if (waiting.size() >= bounds.waiting) {
                ended.accept(Outcome.DROPPED);
                return;
            }
            first = waiting.isEmpty();
            waiting.add(json);
            if (first) {
                idle = Promise.promise();
            }
        }
        if (first) {
            deliver(json, 1);
        }
    }

    /** Completes once nothing waits. */
    public synchronized Future<Void> idle() {
        return idle.future();
    }

    private void deliver(String json, int attempt) {
        post(json).onComplete(done -> {
            int status = done.succeeded() ? done.result() : 0;
            if (status >= 200 && status < 300) {
                finish(Outcome.SENT);
            } else if (attempt >= bounds.attempts || rejected(status)) {
                LOG.warnf("The webhook did not take a notice: %s", status == 0 ? "no answer" : "status " + status);
                finish(Outcome.FAILED);
            } else {
                vertx.setTimer(bounds.firstPause.toMillis() << (attempt - 1), t -> deliver(json, attempt + 1));
            }
        });
    }

    /** A 4xx will not change, but for "timeout" and "too many". */
    private static boolean rejected(int status) {
        return status >= 300 && status < 500 && status != 408 && status != 429;
    }

    private Future<Integer> post(String json) {
        boolean tls = "https".equals(url.getScheme());
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(url.getHost())
                .setPort(url.getPort() > 0 ? url.getPort() : tls ? 443 : 80)
                .setSsl(tls)
                .setURI(path + query)
                .setFollowRedirects(false)
                .setTimeout(bounds.timeout.toMillis())
                .putHeader("Content-Type", "application/json");
        // The whole attempt has an end too, whatever becomes of the connection: others wait behind it.
        // The body is asked for where the head arrives: a caller's thread that is held up would miss it.
        return client.request(options)
                .compose(request ->
                        request.send(json).compose(answer -> answer.body().map(answer.statusCode())))
                .timeout(2 * bounds.timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void finish(Outcome outcome) {
        ended.accept(outcome);
        String next;
        synchronized (this) {
            waiting.remove();
            next = waiting.peek();
            if (next == null) {
                idle.complete();
            }
        }
        if (next != null) {
            deliver(next, 1);
        }
    }
}
