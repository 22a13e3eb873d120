package dev.tollgate.control;

import dev.tollgate.harness.Ports;
import dev.tollgate.harness.SidecarProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/** Reads the status of a sidecar. */
final class Statuses {

    private Statuses() {}

    static JsonObject status(SidecarProcess sidecar, String query) {
        HttpResponse<String> answer = sidecar.get("/tollgate/v1/status" + query);
        if (answer.statusCode() != 200) {
            throw new AssertionError("expected 200, found " + answer.statusCode() + " " + answer.body());
        }
        return new JsonObject(answer.body());
    }

    static JsonObject status(SidecarProcess sidecar) {
        return status(sidecar, "");
    }

    /** The status once it is as it should be. */
    static JsonObject await(SidecarProcess sidecar, String what, Predicate<JsonObject> condition) {
        AtomicReference<JsonObject> found = new AtomicReference<>();
        Ports.await(what, () -> {
            found.set(status(sidecar));
            return condition.test(found.get());
        });
        return found.get();
    }

    static List<JsonObject> rows(JsonObject status, String name) {
        JsonArray rows = status.getJsonArray(name);
        return rows.stream().map(JsonObject.class::cast).toList();
    }

    static long sum(JsonObject status, String rows, String key) {
        return rows(status, rows).stream().mapToLong(row -> row.getLong(key)).sum();
    }
}
