package dev.tollgate.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Upstreams;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/** STS by one request of ours, and what it answers. */
class WebIdentityCredentialsTest {

    private static final String ROLE = "arn:aws:iam::111122223333:role/bedrock";

    @TempDir
    private Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final List<Map<String, String>> asked = new CopyOnWriteArrayList<>();
    private volatile int status = 200;
    private volatile String answer = answer("AKID", "secret", "session", "2030-01-01T00:00:00Z");

    @AfterEach
    void close() {
        Upstreams.await(vertx.close());
    }

    private static String answer(String key, String secret, String session, String expiration) {
        return "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>" + key
                + "</AccessKeyId>\n  <SecretAccessKey>" + secret + "</SecretAccessKey><SessionToken>" + session
                + "</SessionToken><Expiration>" + expiration
                + "</Expiration></Credentials></AssumeRoleWithWebIdentityResult>"
                + "</AssumeRoleWithWebIdentityResponse>";
    }

    private void handle(HttpServerRequest request) {
        request.setExpectMultipart(true).end(read -> {
            Map<String, String> form = new HashMap<>();
            request.formAttributes().forEach(form::put);
            asked.add(form);
            request.response().setStatusCode(status).end(answer);
        });
    }

    private Map<String, String> environment() throws IOException {
        int port = Upstreams.await(
                        vertx.createHttpServer().requestHandler(this::handle).listen(0, "127.0.0.1"))
                .actualPort();
        Map<String, String> environment = new HashMap<>();
        environment.put("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:" + port);
        environment.put("AWS_ROLE_ARN", ROLE);
        environment.put(
                "AWS_WEB_IDENTITY_TOKEN_FILE",
                Files.writeString(folder.resolve("token"), "web+token/=\n").toString());
        return environment;
    }

    private static Optional<AwsCredentialsProvider> of(Map<String, String> environment) {
        return WebIdentityCredentials.of(name -> Optional.ofNullable(environment.get(name)), "us-east-1");
    }

    private AwsSessionCredentials resolved(Map<String, String> environment) {
        return assertInstanceOf(
                AwsSessionCredentials.class, of(environment).orElseThrow().resolveCredentials());
    }

    @Test
    void theAnswersCredentialsAreASession() throws IOException {
        AwsSessionCredentials credentials = resolved(environment());
        assertEquals("AKID", credentials.accessKeyId());
        assertEquals("secret", credentials.secretAccessKey());
        assertEquals("session", credentials.sessionToken());
        assertEquals(Optional.of(Instant.parse("2030-01-01T00:00:00Z")), credentials.expirationTime());
    }

    @Test
    void theRequestIsAFormWithTheTokenAsItIsInTheFile() throws IOException {
        resolved(environment());
        assertEquals(
                Map.of(
                        "Action", "AssumeRoleWithWebIdentity",
                        "Version", "2011-06-15",
                        "RoleArn", ROLE,
                        "RoleSessionName", "tollgate",
                        "WebIdentityToken", "web+token/="),
                asked.get(0));
    }

    @Test
    void theSessionIsNamedByTheEnvironment() throws IOException {
        Map<String, String> environment = environment();
        environment.put("AWS_ROLE_SESSION_NAME", "pod-1");
        resolved(environment);
        assertEquals("pod-1", asked.get(0).get("RoleSessionName"));
    }

    @Test
    void theTokenIsReadEachTime() throws IOException {
        Map<String, String> environment = environment();
        AwsCredentialsProvider provider = of(environment).orElseThrow();
        provider.resolveCredentials();
        Files.writeString(folder.resolve("token"), "renewed");
        provider.resolveCredentials();
        assertEquals("renewed", asked.get(1).get("WebIdentityToken"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"})
    void withoutRoleOrTokenThereIsNoWebIdentity(String missing) throws IOException {
        Map<String, String> environment = environment();
        environment.remove(missing);
        assertEquals(Optional.empty(), of(environment));
    }

    @Test
    void anErrorIsNamedByItsCodeAndShowsNoToken() throws IOException {
        Map<String, String> environment = environment();
        status = 403;
        answer =
                "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>web+token</Message></Error></ErrorResponse>";
        RuntimeException e = assertThrows(RuntimeException.class, () -> resolved(environment));
        assertTrue(e.getMessage().contains("AccessDenied"), e.getMessage());
        assertTrue(e.getMessage().contains(ROLE), e.getMessage());
        assertFalse(e.getMessage().contains("web+token"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no xml",
                "<Credentials></Credentials>",
                "<AccessKeyId>a</AccessKeyId><SecretAccessKey>b</SecretAccessKey>",
                "{\"AccessKeyId\":\"a\"}"
            })
    void anAnswerWithoutCredentialsIsAFailure(String body) throws IOException {
        Map<String, String> environment = environment();
        answer = body;
        assertThrows(RuntimeException.class, () -> resolved(environment));
    }

    @Test
    void anExpirationThatIsNoTimeIsAFailure() throws IOException {
        Map<String, String> environment = environment();
        answer = answer("AKID", "secret", "session", "tomorrow");
        assertThrows(RuntimeException.class, () -> resolved(environment));
    }

    @Test
    void aServerThatIsAwayIsAFailureThatNamesIt() throws IOException {
        Map<String, String> environment = environment();
        environment.put("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:" + Ports.free());
        RuntimeException e = assertThrows(RuntimeException.class, () -> resolved(environment));
        assertTrue(e.getMessage().contains("127.0.0.1"), e.getMessage());
    }

    @Test
    void aTokenFileThatIsNotThereIsAFailure() throws IOException {
        Map<String, String> environment = environment();
        environment.put("AWS_WEB_IDENTITY_TOKEN_FILE", folder.resolve("none").toString());
        assertThrows(RuntimeException.class, () -> resolved(environment));
        assertEquals(List.of(), asked);
    }
}
