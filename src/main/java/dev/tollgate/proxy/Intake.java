package dev.tollgate.proxy;

import dev.tollgate.bedrock.Operation;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Takes requests in: refuses what must not pass by its head alone, then reads the body. */
public final class Intake {

    // What a web page may send without asking (the Fetch standard's simple requests).
    private static final List<String> FORM_TYPES =
            List.of("text/plain", "application/x-www-form-urlencoded", "multipart/form-data");

    private final ProxyConfig config;
    private final Bodies bodies;

    public Intake(Vertx vertx, ProxyConfig config, OpenCalls openCalls) {
        this.config = config;
        this.bodies = new Bodies(vertx, config, openCalls);
    }

    Future<byte[]> read(Exchange exchange) {
        return refusal(exchange).<Future<byte[]>>map(Future::failedFuture).orElseGet(() -> bodies.read(exchange));
    }

    private Optional<RefusedException> refusal(Exchange exchange) {
        return foreign(exchange.request()).or(() -> operation(exchange)).or(() -> encoding(exchange.request()));
    }

    /** Refuses what comes from elsewhere than an application in this pod. */
    Optional<RefusedException> foreign(HttpServerRequest request) {
        return host(request).or(() -> browser(request));
    }

    private static Optional<RefusedException> refuse(Refusal reason, String message) {
        return Optional.of(new RefusedException(reason, message));
    }

    /** A name that is not this sidecar's comes from a web page whose name was rebound to loopback. */
    private Optional<RefusedException> host(HttpServerRequest request) {
        List<String> hosts = request.headers().getAll("host");
        if (request.authority() == null || hosts.size() > 1) {
            return refuse(Refusal.BAD_REQUEST, "expected one Host header, found " + hosts.size());
        }
        String host = request.authority().host().toLowerCase(Locale.ROOT);
        return config.allowedHosts().contains("*") || config.allowedHosts().contains(host)
                ? Optional.empty()
                : refuse(
                        Refusal.HOST,
                        "expected a Host of " + config.allowedHosts() + " (tollgate.proxy.allowed-hosts), found "
                                + Printable.of(host));
    }

    private Optional<RefusedException> browser(HttpServerRequest request) {
        if (config.browsers() == ProxyConfig.Browsers.ALLOW) {
            return Optional.empty();
        }
        if (request.getHeader("origin") != null || request.getHeader("sec-fetch-site") != null) {
            return refuse(
                    Refusal.BROWSER,
                    "expected an application, found a web page's request (Origin or Sec-Fetch-Site;"
                            + " tollgate.proxy.browsers=allow lets them pass)");
        }
        String type = String.valueOf(request.getHeader("content-type")).toLowerCase(Locale.ROOT);
        for (String form : FORM_TYPES) {
            if (type.startsWith(form)) {
                return refuse(
                        Refusal.BROWSER,
                        "expected Content-Type application/json, found " + form
                                + ", which any web page may send (tollgate.proxy.browsers=allow lets it pass)");
            }
        }
        return Optional.empty();
    }

    private static Optional<RefusedException> operation(Exchange exchange) {
        if (exchange.path().isEmpty()) {
            String found = exchange.request().method().name() + " "
                    + Printable.of(String.valueOf(exchange.request().path()));
            return refuse(
                    Refusal.UNKNOWN_OPERATION,
                    "expected an operation that Tollgate meters, such as POST /model/{modelId}/converse; found "
                            + found);
        }
        return exchange.operation() == Operation.BIDIRECTIONAL_STREAM
                ? refuse(
                        Refusal.NOT_METERED,
                        "InvokeModelWithBidirectionalStream cannot be metered yet, so it is not allowed")
                : Optional.empty();
    }

    private static Optional<RefusedException> encoding(HttpServerRequest request) {
        String encoding = request.getHeader("content-encoding");
        return encoding == null || encoding.strip().equalsIgnoreCase("identity")
                ? Optional.empty()
                : refuse(
                        Refusal.BAD_REQUEST,
                        "expected a body without Content-Encoding, found " + Printable.of(encoding));
    }
}
