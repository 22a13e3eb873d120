package dev.tollgate.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.tollgate.bedrock.Splice;
import io.vertx.core.MultiMap;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

class SigV4Test {

    private static final String HOST = "bedrock-runtime.eu-central-1.amazonaws.com";
    private static final Instant NOW = Instant.parse("2026-11-26T23:59:58.9Z");
    private static final List<String> PATHS = List.of(
            "/model/us.amazon.nova-lite-v1%3A0/converse",
            "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A111122223333%3Aapplication-inference-profile%2Fabc123/converse-stream",
            "/guardrail/abc:1/version/DRAFT/apply",
            "/guardrail/./version/1/apply",
            "/guardrail/a/../version/1/apply",
            "/async-invoke",
            "/async-invoke?maxResults=5&statusEquals=Completed&nextToken=a%2Bb%3D%3D",
            "/async-invoke?b=2&a=2&a=1&a&c=%C3%A4%20x&A=0&a.b=1&a-b=1",
            "/inference-profiles?type=APPLICATION&maxResults=1000",
            "/");

    private final Random random = new Random(17);
    private final SigV4 ours = new SigV4("eu-central-1", "bedrock");

    @Test
    void signsAsTheSdkDoes() {
        for (int i = 0; i < 3000; i++) {
            MultiMap headers = headers();
            String path = PATHS.get(random.nextInt(PATHS.size()));
            String method = random.nextInt(4) == 0 ? "GET" : "POST";
            UpstreamRequest request = new UpstreamRequest(method, path, headers, payload());
            // A day's end, so that the key is derived anew in between.
            Instant now = NOW.plusMillis(random.nextInt(3000));
            AwsCredentialsIdentity identity = identity();
            Map<String, List<String>> expected = bySdk(request, identity, now);

            ours.sign(request, identity, now);

            assertEquals(expected, lower(headers), () -> "request " + request);
        }
    }

    @Test
    void signsWithAnotherKeyOnceTheSecretChanges() {
        UpstreamRequest request = new UpstreamRequest("POST", PATHS.get(0), headers(), Payload.EMPTY);
        ours.sign(request, AwsBasicCredentials.create("AKID", "one"), NOW);
        String first = request.headers().get("authorization");

        ours.sign(request, AwsBasicCredentials.create("AKID", "two"), NOW);

        assertNotEquals(first, request.headers().get("authorization"));
    }

    private AwsCredentialsIdentity identity() {
        String secret = random.nextBoolean() ? "secret/with+signs" : " spaces around ";
        return random.nextBoolean()
                ? AwsBasicCredentials.create("AKIDEXAMPLE", secret)
                : AwsSessionCredentials.create("ASIAEXAMPLE", secret, "token==/with+signs");
    }

    private MultiMap headers() {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().set("host", HOST);
        if (random.nextBoolean()) {
            headers.add("Content-Type", random.nextBoolean() ? "application/json" : "application/json;  charset=utf-8");
        }
        if (random.nextBoolean()) {
            headers.add("X-Amzn-Bedrock-Request-Metadata", "{\"a\":  \"b\tc  d\"}");
        }
        if (random.nextInt(3) == 0) {
            headers.add("x-amzn-bedrock-trace", "ENABLED").add("X-Amzn-Bedrock-Trace", " second ");
        }
        if (random.nextInt(3) == 0) {
            headers.add("x-amz-empty", "");
        }
        if (random.nextInt(5) == 0) {
            headers.add("x-amzn-note", random.nextBoolean() ? "gr\u00fc\u00dfe" : "long ".repeat(1000) + "end");
        }
        return headers.add("user-agent", "not signed").add("x-amzn", "not signed either");
    }

    private Payload payload() {
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        return bytes.length < 10
                ? Payload.of(bytes)
                : Payload.of(bytes, List.of(new Splice(1, 1, new byte[] {1, 2}), new Splice(4, 9, new byte[] {3})));
    }

    private static Map<String, List<String>> bySdk(
            UpstreamRequest request, AwsCredentialsIdentity identity, Instant now) {
        SdkHttpFullRequest.Builder unsigned = SdkHttpFullRequest.builder()
                .method(SdkHttpMethod.fromValue(request.method()))
                .protocol("https")
                .host(HOST)
                .port(443);
        path(unsigned, request.path());
        request.headers().forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.equals("host")
                    || lower.equals("content-type")
                    || lower.startsWith("x-amz-")
                    || lower.startsWith("x-amzn-")) {
                unsigned.appendHeader(name, value);
            }
        });
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        request.payload().forEach((bytes, start, length) -> body.write(bytes, start, length));
        Map<String, List<String>> signed = AwsV4HttpSigner.create()
                .sign(r -> r.identity(identity)
                        .request(unsigned.build())
                        .payload(() -> new ByteArrayInputStream(body.toByteArray()))
                        .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(now, ZoneOffset.UTC))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "bedrock")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, "eu-central-1"))
                .request()
                .headers();
        MultiMap all = MultiMap.caseInsensitiveMultiMap().addAll(request.headers());
        signed.forEach(all::set);
        return lower(all);
    }

    private static void path(SdkHttpFullRequest.Builder request, String path) {
        int query = path.indexOf('?');
        request.encodedPath(query < 0 ? path : path.substring(0, query));
        for (String pair : query < 0 ? new String[0] : path.substring(query + 1).split("&")) {
            int equals = pair.indexOf('=');
            request.appendRawQueryParameter(
                    URLDecoder.decode(equals < 0 ? pair : pair.substring(0, equals), StandardCharsets.UTF_8),
                    equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
    }

    private static Map<String, List<String>> lower(MultiMap headers) {
        Map<String, List<String>> all = new TreeMap<>();
        headers.names().forEach(name -> all.put(name.toLowerCase(Locale.ROOT), headers.getAll(name)));
        return all;
    }
}
