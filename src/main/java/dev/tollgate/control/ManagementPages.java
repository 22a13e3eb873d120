package dev.tollgate.control;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What is served on the management port beside Quarkus' metrics and health, and the way to all of it. */
public final class ManagementPages {

    /** Pages below this path are for loopback and those who have the token. */
    private static final String GUARDED = "/tollgate/*";

    private static final int MAX_SHOWN = 200;

    private final AccessGuard guard;
    private final List<Page> pages;

    /**
     * One page.
     *
     * @param shows one line for the index; empty for what belongs to another page
     */
    public record Page(String path, String shows, Handler<RoutingContext> handler) {}

    public ManagementPages(ControlConfig config, LimitsPage limits, StatusPage status, EventStreams events) {
        this.guard = new AccessGuard(config.managementToken());
        List<Page> all = new ArrayList<>(StaticFiles.pages());
        all.add(new Page("/tollgate/v1/status", "limits, spend, last calls and this pod's state", status::handle));
        all.add(new Page("/tollgate/v1/events", "the same once a second, as server-sent events", events::handle));
        all.add(new Page("/tollgate/v1/limits", "used, held and remaining of each limit", limits::handle));
        this.pages = List.copyOf(all);
    }

    /** Adds the routes; Quarkus' own come after the index and before the answer for what is not there. */
    public void route(Router router) {
        router.route(GUARDED).handler(guard::handle);
        pages.forEach(page -> router.get(page.path).handler(page.handler));
        router.get("/").handler(this::index);
        router.route().order(Integer.MAX_VALUE).handler(this::notFound);
    }

    private Map<String, String> index() {
        Map<String, String> index = new LinkedHashMap<>();
        pages.stream().filter(page -> !page.shows.isEmpty()).forEach(page -> index.put(page.path, page.shows));
        index.put("/q/metrics", "Prometheus metrics");
        index.put("/q/health", "health; /q/health/ready is the readiness probe");
        return index;
    }

    private void index(RoutingContext context) {
        String accept = String.valueOf(context.request().getHeader("Accept"));
        if (accept.contains("text/html")) {
            String items = index().entrySet().stream()
                    .map(e -> "<li><a href=\"%1$s\">%1$s</a> %2$s</li>".formatted(e.getKey(), e.getValue()))
                    .collect(Collectors.joining("\n"));
            context.response()
                    .putHeader("Content-Type", "text/html;charset=utf-8")
                    .end("<!doctype html>\n<title>Tollgate</title>\n<h1>Tollgate</h1>\n<ul>\n" + items + "\n</ul>\n");
        } else {
            String lines = index().entrySet().stream()
                    .map(e -> "%-22s %s%n".formatted(e.getKey(), e.getValue()))
                    .collect(Collectors.joining());
            context.response()
                    .putHeader("Content-Type", "text/plain;charset=utf-8")
                    .end(lines);
        }
    }

    private void notFound(RoutingContext context) {
        HttpServerRequest request = context.request();
        Json.message(
                context.response().setStatusCode(404),
                "expected GET of one of " + String.join(", ", index().keySet()) + ", found " + shown(request));
    }

    private static String shown(HttpServerRequest request) {
        String found = (request.method() + " " + request.path()).replaceAll("\\p{Cntrl}", "?");
        return found.length() > MAX_SHOWN ? found.substring(0, MAX_SHOWN) + "..." : found;
    }
}
