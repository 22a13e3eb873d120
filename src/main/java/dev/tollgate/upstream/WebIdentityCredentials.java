package dev.tollgate.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * IRSA: trades a pod's web identity token for a role's credentials, by one unsigned request to STS
 * ({@code AssumeRoleWithWebIdentity}, API version 2011-06-15). Ours, as the SDK's STS client makes the executable 7 MB larger
 * (ADR 6). Blocking: to be called on a worker.
 */
final class WebIdentityCredentials implements AwsCredentialsProvider {

    private static final int TIMEOUT_MILLIS = 5000;

    private final URI endpoint;
    private final Path tokenFile;
    private final String roleArn;
    private final String sessionName;

    private WebIdentityCredentials(URI endpoint, Path tokenFile, String roleArn, String sessionName) {
        this.endpoint = endpoint;
        this.tokenFile = tokenFile;
        this.roleArn = roleArn;
        this.sessionName = sessionName;
    }

    /** What EKS' webhook sets: {@code AWS_WEB_IDENTITY_TOKEN_FILE} and {@code AWS_ROLE_ARN}. */
    static Optional<AwsCredentialsProvider> of(Function<String, Optional<String>> environment, String region) {
        Optional<String> token = environment.apply("AWS_WEB_IDENTITY_TOKEN_FILE");
        Optional<String> role = environment.apply("AWS_ROLE_ARN");
        if (token.isEmpty() || role.isEmpty()) {
            return Optional.empty();
        }
        String regional = "https://sts." + region + ".amazonaws.com" + (region.startsWith("cn-") ? ".cn" : "") + "/";
        return Optional.of(new WebIdentityCredentials(
                URI.create(environment.apply("AWS_ENDPOINT_URL_STS").orElse(regional)),
                Path.of(token.get()),
                role.get(),
                environment.apply("AWS_ROLE_SESSION_NAME").orElse("tollgate")));
    }

    @Override
    public AwsCredentials resolveCredentials() {
        try {
            StsAnswer answer = ask(form(Map.of(
                    "Action",
                    "AssumeRoleWithWebIdentity",
                    "Version",
                    "2011-06-15",
                    "RoleArn",
                    roleArn,
                    "RoleSessionName",
                    sessionName,
                    // Read each time: the kubelet renews it.
                    "WebIdentityToken",
                    Files.readString(tokenFile).strip())));
            return answer.credentials()
                    .orElseThrow(() ->
                            new IllegalStateException("STS gave no credentials for " + roleArn + ": " + answer.code()));
        } catch (IOException e) {
            throw new UncheckedIOException("STS could not be reached at " + endpoint.getHost(), e);
        }
    }

    private StsAnswer ask(String form) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) endpoint.toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        connection.setInstanceFollowRedirects(false);
        connection.setDoOutput(true);
        connection.setRequestMethod("POST");
        connection.setRequestProperty("Content-Type", StsAnswer.FORM);
        connection.getOutputStream().write(form.getBytes(StandardCharsets.UTF_8));
        boolean refused = connection.getResponseCode() >= 400;
        try (InputStream in = refused ? connection.getErrorStream() : connection.getInputStream()) {
            return StsAnswer.of(
                    in == null ? "" : new String(in.readNBytes(StsAnswer.MAX_BYTES), StandardCharsets.UTF_8));
        }
    }

    private static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
