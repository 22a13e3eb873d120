package dev.tollgate.control;

import dev.tollgate.telemetry.RecentCall;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;

/**
 * {@code GET /tollgate/v1/status}: limits and spend of the fleet, and this pod's state. Also 200 without the ledger, with
 * the last values and their age.
 */
public final class StatusPage {

    private static final int MAX_TENANT = 128;

    private final Vertx vertx;
    private final StatusFeed feed;

    public StatusPage(Vertx vertx, StatusFeed feed) {
        this.vertx = vertx;
        this.feed = feed;
    }

    void handle(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        Optional<String> tenant;
        try {
            tenant = tenant(request);
            // Wrong ones are refused before anybody is asked.
            Selection.page(List.of(), List.of(), cursor(request));
        } catch (IllegalArgumentException e) {
            Json.message(request.response().setStatusCode(400), String.valueOf(e.getMessage()));
            return;
        }
        Context context = vertx.getOrCreateContext();
        feed.now()
                .onSuccess(status -> context.runOnContext(v -> Json.end(
                        request.response().putHeader("Cache-Control", "no-store"),
                        json(status, tenant, cursor(request))::write)));
    }

    /**
     * The one tenant that is asked for.
     *
     * @throws IllegalArgumentException if it can be none's name
     */
    static Optional<String> tenant(HttpServerRequest request) {
        Optional<String> tenant =
                Optional.ofNullable(request.getParam("tenant")).filter(t -> !t.isEmpty());
        if (tenant.isPresent() && tenant.get().length() > MAX_TENANT) {
            throw new IllegalArgumentException("expected a tenant of 1 to " + MAX_TENANT + " characters, found "
                    + tenant.get().length());
        }
        return tenant;
    }

    private static String cursor(HttpServerRequest request) {
        return Optional.ofNullable(request.getParam("cursor")).orElse("");
    }

    private StatusJson json(Status status, Optional<String> tenant, String cursor) {
        Status shown = tenant.map(t -> feed.of(t, status)).orElse(status);
        return new StatusJson(
                shown, Selection.page(shown.limits().limits(), shown.spend().rows(), cursor), recent(status, tenant));
    }

    /** What a stream of events shows: no pages, but what matters most. */
    Buffer event(Status status, Optional<String> tenant) {
        Status shown = tenant.map(t -> feed.of(t, status)).orElse(status);
        Selection most = Selection.most(shown.limits().limits(), shown.spend().rows());
        return Json.buffer(new StatusJson(shown, most, recent(status, tenant))::write);
    }

    private static List<RecentCall> recent(Status status, Optional<String> tenant) {
        return status.pod().recent().newestFirst().stream()
                .filter(call -> tenant.map(call.tenant()::equals).orElse(true))
                .toList();
    }
}
