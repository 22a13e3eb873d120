package dev.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Ports;
import dev.tollgate.harness.RealRedis;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Upstreams;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an operator reads of a system that is well, and of one in which a part is not. */
class DoctorIT {

    private static final List<String> SIGNATURES = new CopyOnWriteArrayList<>();
    private static final Vertx VERTX = Vertx.vertx();
    private static Upstreams upstream;
    private static RealRedis redis;
    private static int sts;

    @BeforeAll
    static void start() throws Exception {
        upstream = Upstreams.start();
        redis = RealRedis.start();
        sts = VERTX.createHttpServer()
                .requestHandler(request -> {
                    String signature = String.valueOf(request.getHeader("Authorization"));
                    SIGNATURES.add(signature);
                    boolean known = signature.contains("Credential=AKIDEXAMPLE/")
                            && signature.contains("/us-east-1/sts/aws4_request");
                    request.response()
                            .setStatusCode(known ? 200 : 403)
                            .end(
                                    known
                                            ? "<R><Arn>arn:aws:sts::111122223333:assumed-role/bedrock/pod</Arn></R>"
                                            : "<E><Error><Code>InvalidClientTokenId</Code></Error></E>");
                })
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS)
                .actualPort();
    }

    @AfterAll
    static void stop() {
        upstream.close();
        redis.close();
        VERTX.close();
    }

    private static String doctor(Map<String, String> settings, String... arguments) {
        Map<String, String> all = new HashMap<>(upstream.settings(
                redis, "AWS_EC2_METADATA_DISABLED", "true", "AWS_ENDPOINT_URL_STS", "http://127.0.0.1:" + sts));
        all.putAll(settings);
        all.values().removeIf(String::isEmpty);
        String[] command = new String[arguments.length + 1];
        command[0] = "doctor";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        String output = SidecarProcess.run(all, command);
        assertFalse(output.contains("\tat "), output);
        return output;
    }

    private static void contains(String output, String... lines) {
        for (String line : lines) {
            assertTrue(output.contains(line), line + " expected in:\n" + output);
        }
    }

    @Test
    void aSystemThatIsWellExitsWithZero() {
        String output = doctor(Map.of(), "--count-tokens", "us.amazon.nova-lite-v1:0");
        contains(
                output,
                "ok   prices ",
                "WARN policy      none",
                "ok   region      us-east-1",
                "ok   identity    arn:aws:sts::111122223333:assumed-role/bedrock/pod",
                "ok   endpoint    127.0.0.1:",
                "ok   bedrock     counted the tokens of a request to us.amazon.nova-lite-v1:0",
                "ok   clock ",
                "ok   latency ",
                "ok   redis       redis://127.0.0.1:" + redis.port() + ", version ",
                "WARN persistence no append-only file",
                "ok   eviction    noeviction",
                "exit 0");
        assertFalse(output.contains("secret") || output.contains("AKIDEXAMPLE"), output);
    }

    @Test
    void itReadsWhatServeReads() {
        String policy = Upstreams.policy("limits: [ { name: a, match: { model: sonet }, concurrency: 5 } ]")
                .toString();
        contains(
                doctor(Map.of(
                        "TOLLGATE_POLICY_FILE",
                        policy,
                        "TOLLGATE_UPSTREAM_REGION",
                        "eu-central-1",
                        "AWS_ENDPOINT_URL_STS",
                        "http://127.0.0.1:" + sts,
                        "TOLLGATE_REDIS_UR",
                        "redis://elsewhere")),
                "WARN settings    TOLLGATE_REDIS_UR is not a setting and is ignored; did you mean TOLLGATE_REDIS_URL?",
                "ok   policy      " + policy + ", 1 limit",
                "WARN policy      limit a: model \"sonet\" matches no model",
                "ok   region      eu-central-1");
        contains(
                doctor(Map.of("TOLLGATE_PRICES_FILE", "/none", "TOLLGATE_LEDGER_DEADLINE", "soon")),
                "FAIL settings    tollgate.prices.file: expected",
                "FAIL settings    tollgate.ledger.deadline: expected a duration",
                "exit 1");
        contains(doctor(Map.of("TOLLGATE_LEDGER", "memory")), "WARN redis       not used: the ledger is in memory");
    }

    @Test
    void theCauseOfEachFailureIsNamed() {
        contains(
                doctor(Map.of("TOLLGATE_REDIS_URL", "redis://127.0.0.1:" + Ports.free())),
                "FAIL redis ",
                "connection refused: nothing listens there",
                "exit 1");
        contains(
                doctor(Map.of("TOLLGATE_REDIS_URL", "redis://no-such-host.invalid:6379")),
                "FAIL redis       redis://no-such-host.invalid:6379: DNS does not know the name",
                "exit 1");
        contains(doctor(Map.of("TOLLGATE_REDIS_URL", "rediss://127.0.0.1:" + sts)), "FAIL redis ", "TLS", "exit 1");
        contains(
                doctor(Map.of("TOLLGATE_UPSTREAM_ENDPOINT", "http://127.0.0.1:" + Ports.free())),
                "FAIL endpoint ",
                "connection refused: nothing listens there",
                "exit 1");
        contains(
                doctor(Map.of("TOLLGATE_UPSTREAM_ENDPOINT", "https://no-such-host.invalid")),
                "FAIL endpoint    no-such-host.invalid: DNS does not know the name");
        contains(doctor(Map.of("TOLLGATE_UPSTREAM_ENDPOINT", "https://127.0.0.1:" + sts)), "FAIL endpoint ", "TLS: ");
    }

    @Test
    void credentialsThatAreMissingOrRejectedAreToldApart() {
        contains(
                doctor(Map.of("AWS_ACCESS_KEY_ID", "", "AWS_SECRET_ACCESS_KEY", "")),
                "FAIL identity    no AWS credentials in environment, profile, web identity, container or instance",
                "exit 1");
        contains(
                doctor(Map.of("AWS_ACCESS_KEY_ID", "AKIDOTHER")),
                "FAIL identity    STS does not accept the credentials: InvalidClientTokenId",
                "exit 1");
        contains(
                doctor(Map.of("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:" + Ports.free())),
                "FAIL identity    STS at 127.0.0.1: connection refused: nothing listens there");
        contains(
                doctor(Map.of("AWS_BEARER_TOKEN_BEDROCK", "key")),
                "ok   identity    a Bedrock API key; --count-tokens MODEL tries it",
                "exit 0");
    }

    @Test
    void aRedisPasswordIsNamed() {
        redis.command("CONFIG SET requirepass sesame");
        try {
            contains(
                    doctor(Map.of()),
                    "FAIL redis ",
                    "it wants a password and got none; set TOLLGATE_REDIS_URL=redis://user:password@host:port");
            String wrong = doctor(Map.of("TOLLGATE_REDIS_URL", redis.url().replace("//", "//:open@")));
            contains(wrong, "FAIL redis ", "it does not accept the user or password");
            String right = doctor(Map.of("TOLLGATE_REDIS_URL", redis.url().replace("//", "//:sesame@")));
            contains(right, "ok   redis       redis://127.0.0.1:" + redis.port(), "exit 0");
            assertFalse(wrong.contains("open@") || right.contains("sesame"), right);
        } finally {
            redis.command("AUTH sesame\r\nCONFIG SET requirepass \"\"");
        }
    }

    @Test
    void aRedisThatMayDropCountsIsReported() {
        redis.command("CONFIG SET maxmemory 100mb");
        redis.command("CONFIG SET maxmemory-policy allkeys-lru");
        redis.command("CONFIG SET appendonly yes");
        try {
            contains(
                    doctor(Map.of()),
                    "WARN eviction    allkeys-lru: Redis may drop counts when it is full; set noeviction",
                    "ok   persistence append-only file");
        } finally {
            redis.command("CONFIG SET appendonly no");
            redis.command("CONFIG SET maxmemory 0");
            redis.command("CONFIG SET maxmemory-policy noeviction");
        }
    }
}
