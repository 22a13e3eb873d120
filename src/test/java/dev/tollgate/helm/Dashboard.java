package dev.tollgate.helm;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A Grafana dashboard of the chart. */
record Dashboard(String name, JsonObject json) {

    static final Path FOLDER = Chart.ROOT.resolve("dashboards");

    static List<Dashboard> all() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted()
                    .map(file -> {
                        try {
                            return new Dashboard(file.getFileName().toString(), new JsonObject(Files.readString(file)));
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<JsonObject> panels() {
        return objects(json.getJsonArray("panels"));
    }

    List<JsonObject> variables() {
        return objects(json.getJsonObject("templating").getJsonArray("list"));
    }

    static List<JsonObject> targets(JsonObject panel) {
        return objects(panel.getJsonArray("targets", new JsonArray()));
    }

    /** A panel's query as Grafana would send it, all variables at All. */
    static String query(String expression) {
        return expression
                .replace("$__rate_interval", "1m")
                .replace("$__range", "1h")
                .replaceAll("\\$(cluster|namespace|pod|application|environment|tenant|model)", ".*");
    }

    private static List<JsonObject> objects(JsonArray array) {
        return array.stream().map(JsonObject.class::cast).toList();
    }
}
