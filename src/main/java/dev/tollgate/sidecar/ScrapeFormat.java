package dev.tollgate.sidecar;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** The text format of a scrape: the older one, which every tool reads, unless OpenMetrics alone is accepted. */
final class ScrapeFormat {

    private static final String METRICS = "/q/metrics";
    private static final String TEXT = "text/plain";
    private static final String OPEN_METRICS = "application/openmetrics-text";
    // Before the route that Quarkus adds.
    private static final int FIRST = -1;

    private ScrapeFormat() {}

    static void route(Router management) {
        management.route(METRICS).order(FIRST).handler(ScrapeFormat::choose);
    }

    private static void choose(RoutingContext context) {
        HttpServerRequest request = context.request();
        String accepted = request.getHeader(HttpHeaders.ACCEPT);
        boolean openMetrics = accepted != null && accepted.contains(OPEN_METRICS) && !accepted.contains(TEXT);
        // Quarkus writes OpenMetrics for anything but text, and rejects it by name.
        request.headers().set(HttpHeaders.ACCEPT, openMetrics ? "*/*" : TEXT);
        context.next();
    }
}
