package dev.tollgate.helm;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A mutating webhook on loopback, with a certificate of its own: JSON patches for pods. */
final class PodWebhook implements AutoCloseable {

    private static final char[] PASSWORD = "changeit".toCharArray();

    private final HttpsServer server;
    private final String certificate;

    /** @param patch the operations for a pod */
    PodWebhook(Function<JsonObject, JsonArray> patch) {
        try {
            Path store = Files.createTempDirectory("webhook").resolve("store.p12");
            keytool(store, "-genkeypair", "-keyalg", "RSA", "-dname", "CN=webhook", "-ext", "san=ip:127.0.0.1");
            KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
            certificate = "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'})
                            .encodeToString(keys.getCertificate("webhook").getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, PASSWORD);
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(managers.getKeyManagers(), null, null);
            server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(tls));
            server.createContext("/", exchange -> answer(exchange, patch));
            server.start();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void keytool(Path store, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-alias", "webhook", "-keystore", store.toString(), "-storepass", new String(PASSWORD)));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static void answer(HttpExchange exchange, Function<JsonObject, JsonArray> patch) throws IOException {
        JsonObject review =
                new JsonObject(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        JsonObject request = review.getJsonObject("request");
        JsonArray operations = patch.apply(request.getJsonObject("object"));
        JsonObject response =
                new JsonObject().put("uid", request.getString("uid")).put("allowed", true);
        if (!operations.isEmpty()) {
            response.put("patchType", "JSONPatch").put("patch", base64(operations.encode()));
        }
        byte[] body = new JsonObject()
                .put("apiVersion", "admission.k8s.io/v1")
                .put("kind", "AdmissionReview")
                .put("response", response)
                .toBuffer()
                .getBytes();
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Registers it for the pods of a namespace. */
    String configuration(String name, String namespace) {
        return new JsonObject()
                .put("apiVersion", "admissionregistration.k8s.io/v1")
                .put("kind", "MutatingWebhookConfiguration")
                .put("metadata", new JsonObject().put("name", name))
                .put(
                        "webhooks",
                        new JsonArray()
                                .add(new JsonObject()
                                        .put("name", name + ".example.com")
                                        .put("admissionReviewVersions", new JsonArray().add("v1"))
                                        .put("sideEffects", "None")
                                        .put("reinvocationPolicy", "IfNeeded")
                                        .put("failurePolicy", "Fail")
                                        .put(
                                                "clientConfig",
                                                new JsonObject()
                                                        .put(
                                                                "url",
                                                                "https://127.0.0.1:"
                                                                        + server.getAddress()
                                                                                .getPort() + "/")
                                                        .put("caBundle", base64(certificate)))
                                        .put(
                                                "namespaceSelector",
                                                new JsonObject()
                                                        .put(
                                                                "matchLabels",
                                                                new JsonObject()
                                                                        .put("kubernetes.io/metadata.name", namespace)))
                                        .put(
                                                "rules",
                                                new JsonArray()
                                                        .add(new JsonObject()
                                                                .put("apiGroups", new JsonArray().add(""))
                                                                .put("apiVersions", new JsonArray().add("v1"))
                                                                .put("operations", new JsonArray().add("CREATE"))
                                                                .put("resources", new JsonArray().add("pods"))))))
                .encode();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
