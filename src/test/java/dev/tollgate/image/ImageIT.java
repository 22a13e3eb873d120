package dev.tollgate.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.Port;
import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The image that Dockerfiles build, built without an engine into {@code target/tollgate-*.tar} (which `docker load` takes):
 * what is in it, and that it runs, as its user in a root of its own. The executable's where there is one, else the jar's.
 */
@Timeout(300)
class ImageIT {

    private static final Pattern NO_SHELL =
            Pattern.compile(".*/(sh|bash|dash|busybox|apt|dpkg|apk|rpm|curl|wget|perl|python3?)");
    private static final Pattern SECRET = Pattern.compile(
            "-----BEGIN [A-Z ]*PRIVATE KEY-----|AKIA[0-9A-Z]{16}|aws_secret_access_key\\s*=\\s*\\S+|ghp_[A-Za-z0-9]{36}");

    private final String executable = System.getProperty("tollgate.executable", "");
    private final boolean isNative = !executable.isBlank();
    private final Path work = Path.of("target", isNative ? "image-native" : "image-jvm");
    private final Path root = work.resolve("root");

    @Test
    void holdsTheSidecarAndNothingElseAndRunsAsItsUser() throws Exception {
        assemble();
        Path tar = Path.of("target", isNative ? "tollgate-native.tar" : "tollgate-jvm.tar");
        build(tar);
        Map<String, byte[]> archive = untar(new BufferedInputStream(Files.newInputStream(tar)));
        JsonObject manifest = new JsonArray(text(archive.get("manifest.json"))).getJsonObject(0);
        JsonObject config = new JsonObject(text(archive.get(manifest.getString("Config"))));
        metadata(config.getJsonObject("config"));
        for (Object layer : manifest.getJsonArray("Layers")) {
            layer(archive.get(layer));
        }
        // Needs the rights to mount and to make devices, which not every machine gives.
        String probe =
                "mkdir -p \"$0/proc\" \"$0/dev\" && mount -t proc proc \"$0/proc\" && mknod \"$0/dev/probe\" c 1 3";
        if (new ProcessBuilder("unshare", "--mount", "sh", "-c", probe, root.toString())
                        .start()
                        .waitFor()
                == 0) {
            runs();
        }
    }

    private void assemble() throws Exception {
        if (Files.exists(work)) {
            run("rm", "-rf", work.toString());
        }
        Files.createDirectories(work);
        ProcessBuilder rootfs = new ProcessBuilder(
                        "src/main/docker/rootfs",
                        isNative ? "native" : "jvm",
                        isNative ? executable : "target/quarkus-app",
                        root.toString())
                .redirectErrorStream(true);
        rootfs.environment().put("JAVA_HOME", System.getProperty("java.home"));
        finish(rootfs.start());
    }

    /** User, entry point and ports as the Dockerfile has them. */
    private void build(Path tar) throws Exception {
        String dockerfile = Files.readString(Path.of("src/main/docker", isNative ? "Dockerfile" : "Dockerfile.jvm"));
        FileEntriesLayer.Builder files = FileEntriesLayer.builder().setName("root");
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.filter(f -> !f.equals(root)).sorted().toList()) {
                AbsoluteUnixPath inside =
                        AbsoluteUnixPath.get("/" + root.relativize(file).toString());
                String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
                files.addEntry(
                        file,
                        inside,
                        inside.toString().equals("/tmp")
                                ? FilePermissions.fromOctalString("777")
                                : FilePermissions.fromPosixFilePermissions(
                                        PosixFilePermissions.fromString(permissions)),
                        Instant.EPOCH);
            }
        }
        Jib.fromScratch()
                .addFileEntriesLayer(files.build())
                .setUser(line(dockerfile, "USER"))
                .setEntrypoint(list(line(dockerfile, "ENTRYPOINT")))
                .setProgramArguments(list(line(dockerfile, "CMD")))
                .addExposedPort(Port.tcp(8787))
                .addExposedPort(Port.tcp(9000))
                .containerize(Containerizer.to(TarImage.at(tar).named(ImageReference.parse("tollgate/tollgate:test")))
                        .setOfflineMode(true)
                        .setBaseImageLayersCache(work.resolve("cache"))
                        .setApplicationLayersCache(work.resolve("cache")));
    }

    private static String line(String dockerfile, String instruction) {
        String line = dockerfile
                .lines()
                .filter(l -> l.startsWith(instruction + " "))
                .reduce((a, b) -> b)
                .orElseThrow();
        return line.substring(instruction.length() + 1);
    }

    private static List<String> list(String json) {
        return new JsonArray(json).stream().map(String::valueOf).toList();
    }

    private void metadata(JsonObject config) {
        assertTrue(config.getString("User").matches("[1-9][0-9]*:[1-9][0-9]*"), config.encode());
        assertEquals(
                isNative ? "/tollgate" : "/jre/bin/java",
                config.getJsonArray("Entrypoint").getString(0));
        assertEquals(new JsonArray().add("serve"), config.getJsonArray("Cmd"));
        assertTrue(config.getJsonObject("ExposedPorts").containsKey("8787/tcp"));
        assertTrue(config.getJsonArray("Env", new JsonArray()).isEmpty(), "no settings, no secrets");
    }

    private void layer(byte[] gzip) throws IOException {
        Map<String, TarArchiveEntry> entries = new TreeMap<>();
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new GZIPInputStream(new ByteArrayInputStream(gzip)))) {
            TarArchiveEntry entry;
            while ((entry = tar.getNextEntry()) != null) {
                entries.put(entry.getName(), entry);
                if (entry.isFile() && entry.getSize() < 300_000) {
                    Matcher secret = SECRET.matcher(new String(tar.readAllBytes(), StandardCharsets.ISO_8859_1));
                    assertFalse(secret.find(), entry.getName());
                }
            }
        }
        entries.forEach((name, entry) -> {
            assertFalse(NO_SHELL.matcher("/" + name).matches(), name);
            assertEquals(0, entry.getMode() & 06000, name + " is not set-uid");
            assertEquals(0, entry.getLongUserId(), name + " belongs to root");
            assertTrue(name.startsWith("tmp") || (entry.getMode() & 022) == 0, name + " is not writable");
        });
        String main = isNative ? "tollgate" : "jre/bin/java";
        assertEquals(0755, entries.get(main).getMode() & 0777);
        assertTrue(entries.get("etc/ssl/certs/ca-certificates.crt").getSize() > 100_000);
        if (isNative) {
            List<String> files = entries.values().stream()
                    .filter(TarArchiveEntry::isFile)
                    .map(TarArchiveEntry::getName)
                    .filter(n -> !n.matches("lib.*/(lib(c|z)\\.so\\.[0-9]+|ld-linux.*)"))
                    .toList();
            assertEquals(
                    List.of(
                            "etc/group",
                            "etc/nsswitch.conf",
                            "etc/passwd",
                            "etc/ssl/certs/ca-certificates.crt",
                            "tollgate"),
                    files);
        }
    }

    /** The demo as the image's user, with what a container has: the image's files, /proc and a few devices. */
    private void runs() throws Exception {
        for (String[] device : new String[][] {{"null", "3"}, {"random", "8"}, {"urandom", "9"}}) {
            Files.createDirectories(root.resolve("dev"));
            run("mknod", "-m", "666", root.resolve("dev").resolve(device[0]).toString(), "c", "1", device[1]);
        }
        String dockerfile = Files.readString(Path.of("src/main/docker", isNative ? "Dockerfile" : "Dockerfile.jvm"));
        Files.createDirectories(root.resolve("proc"));
        if (!isNative) {
            makesParquet();
        }
        String enter = "mount -t proc proc \"$0/proc\" && exec chroot --userspec=8787:8787 \"$0\" \"$@\"";
        List<String> command = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c", enter, root.toString()));
        command.addAll(list(line(dockerfile, "ENTRYPOINT")));
        command.add("demo");
        int port = Ports.free();
        int management = Ports.free();
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(work.resolve("log").toFile());
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "PATH", System.getenv("PATH"),
                        "TOLLGATE_PORT", String.valueOf(port),
                        "TOLLGATE_MANAGEMENT_PORT", String.valueOf(management)));
        Process demo = builder.start();
        try {
            Ports.await(
                    Duration.ofSeconds(30),
                    "the demo in " + root,
                    () -> demo.isAlive() && Ports.answers(port) && Ports.answers(management));
            HttpRequest call = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/model/sonnet/converse"))
                    .POST(HttpRequest.BodyPublishers.ofString(Http.converse(500)))
                    .build();
            assertEquals(200, Http.send(call).statusCode());
            demo.destroy();
            assertTrue(demo.waitFor(20, TimeUnit.SECONDS));
            assertEquals(0, demo.exitValue());
        } finally {
            demo.destroyForcibly();
        }
    }

    /** As the chart's CronJob runs it: needs java.sql and what DuckDB's library is linked to. */
    private void makesParquet() throws Exception {
        Files.writeString(
                root.resolve("tmp/usage.jsonl"),
                "{\"schemaType\":\"ModelInvocationLog\",\"timestamp\":\"2026-11-03T12:00:00Z\",\"requestId\":\"r\","
                        + "\"operation\":\"Converse\",\"modelId\":\"amazon.nova-lite-v1:0\",\"input\":{\"inputTokenCount\":1},"
                        + "\"output\":{\"outputTokenCount\":1}}\n");
        String enter = "mount -t proc proc \"$0/proc\" && exec chroot --userspec=8787:8787 \"$0\" \"$@\"";
        ProcessBuilder etl = new ProcessBuilder(
                        "unshare",
                        "--mount",
                        "sh",
                        "-c",
                        enter,
                        root.toString(),
                        "/jre/bin/java",
                        "-Xmx512m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-jar",
                        "/app/quarkus-run.jar",
                        "etl",
                        "--out",
                        "/tmp/tables",
                        "/tmp/usage.jsonl")
                .redirectErrorStream(true);
        etl.environment().keySet().removeIf(name -> !name.equals("PATH"));
        Process process = etl.start();
        String output = text(process.getInputStream().readAllBytes());
        assertTrue(process.waitFor() == 0 && output.contains("1 records of 1 files"), output);
    }

    private static Map<String, byte[]> untar(InputStream in) throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(in)) {
            TarArchiveEntry entry;
            while ((entry = tar.getNextEntry()) != null) {
                files.put(entry.getName(), tar.readAllBytes());
            }
        }
        return files;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void run(String... command) throws Exception {
        finish(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    private static void finish(Process process) throws Exception {
        String output = text(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), output);
    }
}
