package dev.tollgate.cli;

import dev.tollgate.sidecar.Slices;
import dev.tollgate.upstream.CallerIdentity;
import dev.tollgate.upstream.CallerIdentity.CredentialsMissingException;
import dev.tollgate.upstream.CallerIdentity.CredentialsRejectedException;
import dev.tollgate.upstream.Endpoint;
import dev.tollgate.upstream.Payload;
import dev.tollgate.upstream.Session;
import dev.tollgate.upstream.Signer;
import dev.tollgate.upstream.TenantRole;
import dev.tollgate.upstream.Upstream;
import dev.tollgate.upstream.UpstreamRequest;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Region, endpoint and credentials. */
final class UpstreamExamination {

    private static final int TIMEOUT_SECONDS = 15;
    private static final int MAX_SHOWN = 160;
    private static final String QUESTION =
            "{\"input\":{\"converse\":{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"Hello\"}]}]}}}";

    private final Vertx vertx;
    private final Slices slices;
    private final Findings findings;
    private final Endpoint endpoint;

    UpstreamExamination(Vertx vertx, Slices slices, Findings findings) {
        this.vertx = vertx;
        this.slices = slices;
        this.findings = findings;
        this.endpoint = Endpoint.of(slices.upstream(), slices.awsRegion());
    }

    /** Who the credentials are, by STS. */
    void identity() throws InterruptedException {
        findings.ok("region", endpoint.region());
        if (slices.bearerToken().isPresent()) {
            findings.ok("identity", "a Bedrock API key; --count-tokens MODEL tries it");
            return;
        }
        CallerIdentity identity = new CallerIdentity(
                slices.given("AWS_ENDPOINT_URL_STS"),
                endpoint.region(),
                slices.upstream().caFile());
        try {
            findings.ok("identity", onWorker(identity::arn));
        } catch (CredentialsMissingException e) {
            findings.fail(
                    "identity",
                    "no AWS credentials in environment, profile, web identity, container or instance" + webIdentity(e));
        } catch (CredentialsRejectedException e) {
            findings.fail("identity", "STS does not accept the credentials: " + e.getMessage());
        } catch (IOException | TimeoutException e) {
            findings.fail("identity", "STS at " + identity.host() + ": " + Cause.of(e));
        }
    }

    /** Whether the role of tenants can be assumed with session tags. */
    void tenantRole() throws InterruptedException {
        if (slices.upstream().tenantRole().isEmpty()) {
            return;
        }
        String role = slices.upstream().tenantRole().get();
        if (!slices.assumesTenantRole()) {
            findings.warn("tenant-role", role + " is not used: tollgate.identity.trust is pod");
            return;
        }
        String tenant = slices.identity().tenants().orElse(List.of()).stream()
                .filter(name -> !name.equals("*"))
                .findFirst()
                .orElse("tollgate-doctor");
        Session session = new Session(tenant, "unassigned", "unknown", "unknown");
        TenantRole tenants = TenantRole.of(
                vertx,
                slices.upstream(),
                slices.sts(endpoint),
                UpstreamExamination::unguarded,
                InstantSource.system(),
                outcome -> {});
        try {
            Instant until = get(tenants.examine(session));
            findings.ok("tenant-role", role + " as " + session.name() + ", until " + until);
        } catch (ExecutionException | TimeoutException e) {
            findings.fail(
                    "tenant-role",
                    role + " as " + session.name() + ": " + Cause.of(e)
                            + "; its trust policy must allow sts:AssumeRole and sts:TagSession to the identity above");
        }
    }

    /** What the chain of sources says of the one that was configured and failed. */
    private static String webIdentity(CredentialsMissingException failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        String all = String.valueOf(cause.getMessage());
        int start = all.indexOf("STS ");
        return start < 0 ? "" : "; " + all.substring(start, Math.min(all.length(), start + MAX_SHOWN));
    }

    /** True if a connection, with TLS if it is https, can be made. */
    boolean reach() throws InterruptedException {
        NetClientOptions options = new NetClientOptions()
                .setConnectTimeout((int) slices.upstream().connectTimeout().toMillis())
                .setSsl(endpoint.tls())
                .setHostnameVerificationAlgorithm(endpoint.tls() ? "HTTPS" : "");
        slices.upstream()
                .caFile()
                .ifPresent(file -> options.setTrustOptions(new PemTrustOptions().addCertPath(file.toString())));
        long start = System.nanoTime();
        try {
            get(vertx.createNetClient(options)
                    .connect(endpoint.port(), endpoint.host(), endpoint.host())
                    .compose(NetSocket::close));
            findings.ok("endpoint", endpoint.authority() + " in " + (System.nanoTime() - start) / 1_000_000 + " ms");
            return true;
        } catch (ExecutionException | TimeoutException e) {
            findings.fail("endpoint", endpoint.authority() + ": " + Cause.of(e));
            return false;
        }
    }

    /** The name of a host is resolved without a bound of time. */
    private String onWorker(Callable<String> blocking) throws IOException, InterruptedException, TimeoutException {
        try {
            return get(vertx.executeBlocking(blocking, false));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException known) {
                throw known;
            }
            throw new IOException(e.getCause());
        }
    }

    private static <T> T get(Future<T> future) throws InterruptedException, ExecutionException, TimeoutException {
        return future.toCompletionStage().toCompletableFuture().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    /** One CountTokens call, which costs nothing and needs {@code bedrock:CountTokens}. */
    void countTokens(String model) throws InterruptedException {
        String path = "/model/" + URLEncoder.encode(model, StandardCharsets.UTF_8) + "/count-tokens";
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("content-type", "application/json");
        Payload question = Payload.of(QUESTION.getBytes(StandardCharsets.UTF_8));
        Upstream upstream = new Upstream(
                vertx,
                slices.upstream(),
                endpoint,
                Signer.of(
                        vertx, endpoint, slices.bearerToken(), UpstreamExamination::unguarded, InstantSource.system()));
        try {
            JsonObject answer = get(upstream.send(new UpstreamRequest("POST", path, headers, question))
                    .compose(response -> response.resume().body().map(body -> new JsonObject()
                            .put("status", response.statusCode())
                            .put("error", response.getHeader("x-amzn-ErrorType"))
                            .put("body", body.toString()))));
            if (answer.getInteger("status") == 200) {
                findings.ok("bedrock", "counted the tokens of a request to " + model);
            } else {
                findings.fail(
                        "bedrock",
                        "status " + answer.getInteger("status") + " " + answer.getString("error", "")
                                + " for CountTokens of " + model);
            }
        } catch (ExecutionException | TimeoutException e) {
            findings.fail("bedrock", endpoint.authority() + ": " + Cause.of(e));
        }
    }

    private static <T> Future<T> unguarded(Supplier<Future<T>> operation) {
        return operation.get();
    }
}
