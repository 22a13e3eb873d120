package dev.tollgate.upstream;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/**
 * {@code sts:AssumeRole} with session tags (query protocol, API version 2011-06-15), on the event loop: an STS that is slow
 * or mute holds no thread. What may pass (throttling, a lost connection, errors of STS) is tried again.
 */
final class AssumeRole {

    // A role that is assumed by a role's session lives an hour at most.
    private static final Duration SESSION = Duration.ofHours(1);
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final long ATTEMPT_MILLIS = 2000;
    private static final int MAX_ATTEMPTS = 3;
    private static final long PAUSE_MILLIS = 100;
    private static final Set<String> PASSING = Set.of("Throttling", "ThrottlingException", "RequestLimitExceeded");

    private final Vertx vertx;
    private final Endpoint sts;
    private final HttpClient client;
    private final Signer signer;
    private final String roleArn;

    /** @param signer of requests to STS, by the pod's own credentials */
    AssumeRole(Vertx vertx, UpstreamConfig config, Endpoint sts, Signer signer, String roleArn) {
        this.vertx = vertx;
        this.sts = sts;
        this.client = Upstream.client(vertx, config, sts);
        this.signer = signer;
        this.roleArn = roleArn;
    }

    /** New credentials; the future fails with an {@link AssumeRoleException} within five seconds. */
    Future<AwsSessionCredentials> credentials(Session session) {
        return attempt(form(session), 1)
                .timeout(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                .recover(e -> Future.failedFuture(
                        e instanceof AssumeRoleException ? e : new AssumeRoleException("no answer in time", false)));
    }

    private Future<AwsSessionCredentials> attempt(Buffer form, int attempt) {
        return exchange(form).recover(e -> {
            boolean passing = e instanceof AssumeRoleException known && known.passing();
            if (!passing || attempt == MAX_ATTEMPTS) {
                return Future.failedFuture(e);
            }
            return vertx.timer(PAUSE_MILLIS << attempt, TimeUnit.MILLISECONDS).compose(t -> attempt(form, attempt + 1));
        });
    }

    private Future<AwsSessionCredentials> exchange(Buffer form) {
        MultiMap headers =
                MultiMap.caseInsensitiveMultiMap().add("host", sts.authority()).add("content-type", StsAnswer.FORM);
        UpstreamRequest request = new UpstreamRequest("POST", "/", headers, Payload.of(form.getBytes()));
        return signer.sign(request)
                .recover(e -> Future.failedFuture(
                        new AssumeRoleException("no AWS credentials for the request to STS", false)))
                .compose(signed -> client.request(options(headers)))
                .compose(out -> send(out, form))
                .recover(e -> Future.failedFuture(
                        e instanceof AssumeRoleException ? e : new AssumeRoleException("STS cannot be reached", true)));
    }

    private RequestOptions options(MultiMap headers) {
        return new RequestOptions()
                .setHost(sts.host())
                .setPort(sts.port())
                .setSsl(sts.tls())
                .setMethod(HttpMethod.POST)
                .setURI("/")
                .setFollowRedirects(false)
                .setConnectTimeout(ATTEMPT_MILLIS)
                .setHeaders(headers);
    }

    private Future<AwsSessionCredentials> send(HttpClientRequest out, Buffer form) {
        // Also ends an answer that never does.
        long timer = vertx.setTimer(ATTEMPT_MILLIS, t -> out.reset());
        return out.send(form)
                .compose(AssumeRole::read)
                .onComplete(done -> vertx.cancelTimer(timer))
                .compose(AssumeRole::understand);
    }

    private record Answer(int status, String body) {}

    private static Future<Answer> read(HttpClientResponse response) {
        Promise<Answer> whole = Promise.promise();
        Buffer body = Buffer.buffer();
        response.exceptionHandler(whole::tryFail);
        response.endHandler(end -> whole.tryComplete(new Answer(response.statusCode(), body.toString())));
        response.handler(chunk -> {
            body.appendBuffer(chunk);
            if (body.length() > StsAnswer.MAX_BYTES) {
                whole.tryFail(new AssumeRoleException("an answer without an end", false));
                response.request().reset();
            }
        });
        return whole.future();
    }

    private static Future<AwsSessionCredentials> understand(Answer answer) {
        StsAnswer sts = StsAnswer.of(answer.body);
        if (answer.status == 200) {
            return sts.credentials()
                    .map(Future::succeededFuture)
                    .orElseGet(
                            () -> Future.failedFuture(new AssumeRoleException("an answer without credentials", false)));
        }
        boolean passing = answer.status >= 500 || answer.status == 429 || PASSING.contains(sts.code());
        return Future.failedFuture(new AssumeRoleException(
                sts.fields().containsKey("Code") ? sts.code() : "status " + answer.status, passing));
    }

    private Buffer form(Session session) {
        StringBuilder form = new StringBuilder("Action=AssumeRole&Version=2011-06-15");
        field(form, "RoleArn", roleArn);
        field(form, "RoleSessionName", session.name());
        field(form, "DurationSeconds", String.valueOf(SESSION.toSeconds()));
        int number = 0;
        for (Map.Entry<String, String> tag : session.tags().entrySet()) {
            String member = "Tags.member." + ++number;
            field(form, member + ".Key", tag.getKey());
            field(form, member + ".Value", tag.getValue());
        }
        return Buffer.buffer(form.toString());
    }

    private static void field(StringBuilder form, String name, String value) {
        form.append('&').append(name).append('=').append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
}
