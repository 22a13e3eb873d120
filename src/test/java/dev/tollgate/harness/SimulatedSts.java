package dev.tollgate.harness;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Pattern;

/** STS' AssumeRole and GetCallerIdentity: checks signature, form and every rule of names and tags; knows what it gave. */
public final class SimulatedSts {

    public static final String ACCOUNT = "111122223333";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_+=,.@-]{2,64}");
    private static final Pattern KEY = Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{1,128}");
    private static final Pattern VALUE = Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{0,256}");

    private final Vertx vertx;
    private final Map<String, String> secrets = new ConcurrentHashMap<>(Map.of("AKIDEXAMPLE", Upstreams.SECRET));
    private final List<Assumed> assumed = new CopyOnWriteArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger mostOpen = new AtomicInteger();
    private final int port;
    private volatile Function<String, Behaviour> behaviour = tenant -> Behaviour.GOOD;

    /** A session that was given. */
    public record Assumed(String name, String role, Map<String, String> tags, int seconds, String key) {}

    /**
     * @param error its code; empty for credentials
     * @param delayMillis before the answer; negative for no answer ever
     */
    public record Behaviour(int status, String error, long delayMillis, int lifetimeSeconds) {
        public static final Behaviour GOOD = new Behaviour(200, "", 0, 3600);
        public static final Behaviour MUTE = new Behaviour(200, "", -1, 3600);

        public static Behaviour error(int status, String code) {
            return new Behaviour(status, code, 0, 3600);
        }

        public Behaviour after(long millis) {
            return new Behaviour(status, error, millis, lifetimeSeconds);
        }

        public Behaviour lives(int seconds) {
            return new Behaviour(status, error, delayMillis, seconds);
        }
    }

    public SimulatedSts(Vertx vertx) {
        this.vertx = vertx;
        this.port = Upstreams.await(vertx.createHttpServer()
                        .requestHandler(request -> request.body().onSuccess(body -> handle(request, body)))
                        .listen(0, "127.0.0.1"))
                .actualPort();
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** @param by tenant of the session tags */
    public void behave(Function<String, Behaviour> by) {
        behaviour = by;
    }

    public List<Assumed> assumed() {
        return List.copyOf(assumed);
    }

    /** Requests for a role so far. */
    public int asked() {
        return asked.get();
    }

    /** The most that were open at a time. */
    public int mostOpen() {
        return mostOpen.get();
    }

    /** What is wrong with a request to Bedrock: whose key it has, the signature by its secret, the session's token. */
    public Optional<String> problem(HttpServerRequest request, byte[] body) {
        String key = SignatureCheck.key(request);
        String secret = secrets.get(key);
        if (secret == null) {
            return Optional.of("no such key " + key);
        }
        String token = String.valueOf(request.getHeader("x-amz-security-token"));
        return key.startsWith("ASIA") && !token.equals("token-of-" + key)
                ? Optional.of("expected the session's token")
                : new SignatureCheck(secret, "bedrock").problem(request, body);
    }

    private void handle(HttpServerRequest request, Buffer body) {
        Map<String, String> form = form(body.toString());
        Optional<String> problem = new SignatureCheck(Upstreams.SECRET, "sts").problem(request, body.getBytes());
        if (problem.isPresent()) {
            error(request, 403, "SignatureDoesNotMatch");
        } else if ("GetCallerIdentity".equals(form.get("Action"))) {
            request.response()
                    .end("<R><Arn>arn:aws:sts::" + ACCOUNT + ":assumed-role/pod/1</Arn><Account>" + ACCOUNT
                            + "</Account></R>");
        } else {
            assumeRole(request, form);
        }
    }

    private void assumeRole(HttpServerRequest request, Map<String, String> form) {
        asked.incrementAndGet();
        mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
        Map<String, String> tags = tags(form);
        Behaviour how = behaviour.apply(tags.getOrDefault("tenantId", ""));
        if (how.delayMillis < 0) {
            return;
        }
        Runnable answer = () -> {
            open.decrementAndGet();
            if (!legal(form, tags)) {
                error(request, 400, "ValidationError");
            } else if (!how.error.isEmpty()) {
                error(request, how.status, how.error);
            } else {
                give(request, form, tags, how.lifetimeSeconds);
            }
        };
        if (how.delayMillis == 0) {
            answer.run();
        } else {
            vertx.setTimer(how.delayMillis, t -> answer.run());
        }
    }

    private static boolean legal(Map<String, String> form, Map<String, String> tags) {
        int seconds = Integer.parseInt(form.getOrDefault("DurationSeconds", "3600"));
        return "AssumeRole".equals(form.get("Action"))
                && "2011-06-15".equals(form.get("Version"))
                && NAME.matcher(form.getOrDefault("RoleSessionName", "")).matches()
                && form.getOrDefault("RoleArn", "").startsWith("arn:aws:iam::" + ACCOUNT + ":role/")
                && seconds >= 900
                && seconds <= 3600
                && tags.size() <= 50
                && tags.entrySet().stream()
                        .allMatch(t -> KEY.matcher(t.getKey()).matches()
                                && VALUE.matcher(t.getValue()).matches()
                                && !t.getValue().toLowerCase().startsWith("aws:"));
    }

    private void give(HttpServerRequest request, Map<String, String> form, Map<String, String> tags, int lifetime) {
        String key = "ASIA" + assumed.size();
        secrets.put(key, "secret-of-" + key);
        assumed.add(new Assumed(
                form.get("RoleSessionName"),
                form.get("RoleArn"),
                tags,
                Integer.parseInt(form.getOrDefault("DurationSeconds", "0")),
                key));
        request.response()
                .putHeader("Content-Type", "text/xml")
                .end("<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <AssumeRoleResult>\n"
                        + "    <AssumedRoleUser><Arn>arn:aws:sts::" + ACCOUNT + ":assumed-role/tenants/"
                        + form.get("RoleSessionName") + "</Arn></AssumedRoleUser>\n    <Credentials>\n<AccessKeyId>"
                        + key
                        + "</AccessKeyId>\n<SecretAccessKey>" + secrets.get(key)
                        + "</SecretAccessKey>\n<SessionToken>token-of-"
                        + key + "</SessionToken>\n<Expiration>"
                        + Instant.now().plusSeconds(lifetime)
                        + "</Expiration>\n    </Credentials>\n  </AssumeRoleResult>\n</AssumeRoleResponse>\n");
    }

    private static void error(HttpServerRequest request, int status, String code) {
        request.response()
                .setStatusCode(status)
                .end("<ErrorResponse><Error><Type>Sender</Type><Code>" + code
                        + "</Code><Message>secret words of STS</Message></Error></ErrorResponse>");
    }

    private static Map<String, String> form(String body) {
        Map<String, String> form = new LinkedHashMap<>();
        for (String pair : body.split("&")) {
            int equals = pair.indexOf('=');
            form.put(
                    URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
                    URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return form;
    }

    private static Map<String, String> tags(Map<String, String> form) {
        Map<String, String> tags = new LinkedHashMap<>();
        List<String> names = new ArrayList<>(form.keySet());
        names.removeIf(name -> !name.matches("Tags\\.member\\.\\d+\\.Key"));
        names.forEach(name -> tags.put(form.get(name), form.get(name.replace(".Key", ".Value"))));
        return tags;
    }
}
