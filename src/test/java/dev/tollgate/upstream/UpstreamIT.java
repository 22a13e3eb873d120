package dev.tollgate.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Upstreams;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way up: HTTP/2 where it is offered, certificates verified, credentials from every link of the chain. */
class UpstreamIT {

    private static final String ANSWER = "{\"usage\":{\"inputTokens\":3,\"outputTokens\":4,\"totalTokens\":7}}";

    private static Path certificate(Path folder) throws Exception {
        Path store = folder.resolve("store.p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        int exit = new ProcessBuilder(
                        keytool,
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        store.toString())
                .inheritIO()
                .start()
                .waitFor();
        assertEquals(0, exit);
        return store;
    }

    private static Path pem(Path store) throws Exception {
        KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
        String base64 =
                Base64.getMimeEncoder().encodeToString(keys.getCertificate("a").getEncoded());
        return Files.writeString(
                store.resolveSibling("ca.pem"),
                "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n");
    }

    @Test
    void http2IsSpokenWhereOfferedAndAnUnknownCertificateIsRefused(@TempDir Path folder) throws Exception {
        Path store = certificate(folder);
        Vertx vertx = Vertx.vertx();
        List<HttpVersion> versions = new CopyOnWriteArrayList<>();
        List<String> hosts = new CopyOnWriteArrayList<>();
        int port = Upstreams.await(vertx.createHttpServer(new HttpServerOptions()
                                .setSsl(true)
                                .setUseAlpn(true)
                                .setKeyCertOptions(new PfxOptions()
                                        .setPath(store.toString())
                                        .setPassword("changeit")))
                        .requestHandler(request -> {
                            versions.add(request.version());
                            hosts.add(request.authority().toString());
                            request.body().onSuccess(body -> request.response()
                                    .putHeader("Content-Type", "application/json")
                                    .end(ANSWER));
                        })
                        .listen(0, "127.0.0.1"))
                .actualPort();
        Map<String, String> settings = new HashMap<>(Map.of(
                "TOLLGATE_UPSTREAM_ENDPOINT", "https://localhost:" + port,
                "AWS_ACCESS_KEY_ID", "AKIDEXAMPLE",
                "AWS_SECRET_ACCESS_KEY", "secret",
                "TOLLGATE_LEDGER", "memory"));
        try (SidecarProcess wary = SidecarProcess.serve(settings)) {
            HttpResponse<byte[]> refused = Http.post(wary, Http.NOVA + "converse", Http.converse(2));
            assertEquals(503, refused.statusCode());
            assertEquals(List.of(), versions);
        }
        settings.put("TOLLGATE_UPSTREAM_CA_FILE", pem(store).toString());
        try (SidecarProcess sidecar = SidecarProcess.serve(settings)) {
            for (int i = 0; i < 3; i++) {
                HttpResponse<byte[]> answer = Http.post(sidecar, Http.NOVA + "converse", Http.converse(2));
                assertEquals(200, answer.statusCode());
                assertEquals(ANSWER, new String(answer.body()));
            }
            assertEquals(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_2, HttpVersion.HTTP_2), versions);
            assertEquals("localhost:" + port, hosts.get(0));
        } finally {
            Upstreams.await(vertx.close());
        }
    }

    static void servedWith(Upstreams upstream, Map<String, String> identity) {
        Map<String, String> settings = upstream.settings();
        settings.keySet().removeIf(k -> k.startsWith("AWS_") && !k.equals("AWS_REGION"));
        settings.putAll(identity);
        try (SidecarProcess sidecar = SidecarProcess.serve(settings)) {
            HttpResponse<byte[]> answer = Http.post(sidecar, Http.NOVA + "converse", Http.converse(2));
            assertEquals(200, answer.statusCode(), new String(answer.body()) + sidecar.log());
        }
    }

    @Test
    void credentialsComeFromAProfileFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(
                folder.resolve("credentials"),
                "[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = " + Upstreams.SECRET + "\n");
        try (Upstreams upstream = Upstreams.start()) {
            servedWith(upstream, Map.of("AWS_SHARED_CREDENTIALS_FILE", file.toString()));
        }
    }

    @Test
    void credentialsComeFromTheContainerEndpointOfPodIdentity(@TempDir Path folder) throws IOException {
        Path token = Files.writeString(folder.resolve("token"), "pod-token");
        try (Upstreams upstream = Upstreams.start()) {
            List<String> tokens = new CopyOnWriteArrayList<>();
            int port = Upstreams.await(upstream.vertx()
                            .createHttpServer()
                            .requestHandler(request -> {
                                tokens.add(String.valueOf(request.getHeader("Authorization")));
                                request.response()
                                        .putHeader("Content-Type", "application/json")
                                        .end("{\"AccessKeyId\":\"AKIDEXAMPLE\",\"SecretAccessKey\":\""
                                                + Upstreams.SECRET
                                                + "\",\"Token\":\"session\",\"Expiration\":\""
                                                + Instant.now().plusSeconds(3600) + "\"}");
                            })
                            .listen(0, "127.0.0.1"))
                    .actualPort();
            servedWith(
                    upstream,
                    Map.of(
                            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                            "http://127.0.0.1:" + port + "/v1/credentials",
                            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
                            token.toString()));
            assertTrue(tokens.contains("pod-token"), tokens.toString());
        }
    }

    @Test
    void withoutCredentialsCallsAreRefusedAndNothingIsCharged() {
        try (Upstreams upstream = Upstreams.start()) {
            Map<String, String> settings = upstream.settings("HOME", "/nonexistent");
            settings.remove("AWS_ACCESS_KEY_ID");
            settings.remove("AWS_SECRET_ACCESS_KEY");
            settings.put("-Duser.home", "/nonexistent");
            try (SidecarProcess sidecar = SidecarProcess.serve(settings)) {
                HttpResponse<byte[]> answer = Http.post(sidecar, Http.NOVA + "converse", Http.converse(2));
                assertEquals(503, answer.statusCode());
                assertTrue(new String(answer.body()).contains("no AWS credentials"), new String(answer.body()));
                assertEquals(0, sidecar.metric("tollgate_cost_usd_total"));
            }
        }
    }
}
