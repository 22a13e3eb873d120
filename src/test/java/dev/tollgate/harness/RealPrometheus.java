package dev.tollgate.harness;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A Prometheus server of its own, from the machine's package, with this configuration. */
public final class RealPrometheus implements AutoCloseable {

    private final Process process;
    private final int port;

    public RealPrometheus(String configuration) {
        this.port = Ports.free();
        try {
            Path folder = Files.createTempDirectory(Path.of("target"), "prometheus");
            Path file = Files.writeString(folder.resolve("prometheus.yaml"), configuration);
            this.process = new ProcessBuilder(
                            "prometheus",
                            "--config.file=" + file,
                            "--storage.tsdb.path=" + folder.resolve("data"),
                            "--web.listen-address=127.0.0.1:" + port)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start();
            Ports.await(
                    "prometheus, see " + folder.resolve("log"),
                    () -> Ports.answers(port) && Http.get(port, "/-/ready").statusCode() == 200);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Result of an instant query. */
    public List<JsonObject> query(String expression) {
        JsonObject body = new JsonObject(
                Http.get(port, "/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
                        .body());
        if (!"success".equals(body.getString("status"))) {
            throw new AssertionError(body.getString("error") + "\n" + expression);
        }
        JsonArray result = body.getJsonObject("data").getJsonArray("result");
        return result.stream().map(JsonObject.class::cast).toList();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
