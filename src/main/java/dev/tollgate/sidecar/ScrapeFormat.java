package dev.tollgate.sidecar;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** The text format of a scrape: OpenMetrics for who asks for it, else the older one, which every tool reads. */
final class ScrapeFormat {

    private static final String METRICS = "/q/metrics";
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
        if (accepted == null || !accepted.contains(OPEN_METRICS)) {
            request.headers().set(HttpHeaders.ACCEPT, "text/plain");
        }
        context.next();
    }
}
