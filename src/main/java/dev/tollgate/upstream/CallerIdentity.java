package dev.tollgate.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** Who the credentials are, by {@code sts:GetCallerIdentity}, which needs no permission. Blocking. */
public final class CallerIdentity {

    private static final int TIMEOUT_MILLIS = 5000;
    private static final int MAX_ANSWER_BYTES = 64 * 1024;
    private static final String BODY = "Action=GetCallerIdentity&Version=2011-06-15";
    private static final String FORM = "application/x-www-form-urlencoded; charset=utf-8";
    private static final Pattern ELEMENT = Pattern.compile("<(Arn|Code)>([^<]{1,300})</");

    private final URI sts;
    private final String region;

    /** @param endpoint of STS; default: the region's own */
    public CallerIdentity(Optional<String> endpoint, String region) {
        String suffix = region.startsWith("cn-") ? ".cn" : "";
        this.sts = URI.create(endpoint.orElse("https://sts." + region + ".amazonaws.com" + suffix))
                .resolve("/");
        this.region = region;
    }

    /** Where STS is. */
    public String host() {
        return sts.getHost();
    }

    /**
     * The ARN of the role or user.
     *
     * @throws CredentialsMissingException if no source has credentials
     * @throws CredentialsRejectedException if STS does not accept them
     * @throws IOException if STS cannot be reached
     */
    public String arn() throws IOException {
        AwsCredentialsIdentity identity;
        try {
            identity = CredentialsChain.of(region).resolveCredentials();
        } catch (SdkClientException | IllegalStateException e) {
            throw new CredentialsMissingException(e);
        }
        HttpURLConnection connection = (HttpURLConnection) sts.toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        connection.setInstanceFollowRedirects(false);
        connection.setDoOutput(true);
        connection.setRequestMethod("POST");
        signed(identity).headers().forEach((name, values) -> set(connection, name, values));
        connection.getOutputStream().write(BODY.getBytes(StandardCharsets.UTF_8));
        int status = connection.getResponseCode();
        String answer = body(status < 400 ? connection.getInputStream() : connection.getErrorStream());
        if (status != 200) {
            throw new CredentialsRejectedException(element(answer, "Code").orElse("status " + status));
        }
        return element(answer, "Arn").orElseThrow(() -> new IOException("an answer without an ARN"));
    }

    private SdkHttpFullRequest signed(AwsCredentialsIdentity identity) {
        SdkHttpFullRequest unsigned = SdkHttpFullRequest.builder()
                .method(SdkHttpMethod.POST)
                .uri(sts)
                .putHeader("Content-Type", FORM)
                .build();
        return (SdkHttpFullRequest) AwsV4HttpSigner.create()
                .sign(r -> r.identity(identity)
                        .request(unsigned)
                        .payload(ContentStreamProvider.fromUtf8String(BODY))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "sts")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region))
                .request();
    }

    private static void set(HttpURLConnection connection, String name, List<String> values) {
        if (!name.equalsIgnoreCase("host")) {
            connection.setRequestProperty(name, values.get(0));
        }
    }

    private static String body(InputStream in) throws IOException {
        try (in) {
            return in == null ? "" : new String(in.readNBytes(MAX_ANSWER_BYTES), StandardCharsets.UTF_8);
        }
    }

    private static Optional<String> element(String xml, String name) {
        Matcher elements = ELEMENT.matcher(xml);
        return elements.results()
                .filter(e -> e.group(1).equals(name))
                .map(e -> e.group(2))
                .findFirst();
    }

    /** No source has credentials. */
    public static final class CredentialsMissingException extends IOException {
        private static final long serialVersionUID = 1;

        CredentialsMissingException(Throwable cause) {
            super("no credentials", cause);
        }
    }

    /** STS does not accept the credentials; the message is its code. */
    public static final class CredentialsRejectedException extends IOException {
        private static final long serialVersionUID = 1;

        CredentialsRejectedException(String code) {
            super(code);
        }
    }
}
