package dev.tollgate.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/**
 * Requests to one AWS endpoint by the JDK's client, for commands. Blocking; bounded in time and size; no redirects.
 *
 * @param authorities PEM file of those to trust; the JDK's without one
 */
record SignedCall(
        URI endpoint,
        String service,
        String region,
        AwsCredentialsProvider credentials,
        Optional<Path> authorities,
        int timeoutMillis) {

    private static final int MAX_ANSWER_BYTES = 8 * 1024 * 1024;

    /** An answer, whole. */
    record Answer(int status, Optional<String> errorType, String body) {}

    /**
     * Signs and sends one request.
     *
     * @param path encoded
     * @param query names and values, not encoded
     * @param body empty for none
     * @throws CallerIdentity.CredentialsMissingException if no source has credentials
     * @throws IOException if there is no answer
     */
    Answer send(String method, String path, Map<String, String> query, Map<String, String> headers, String body)
            throws IOException {
        SdkHttpFullRequest request = signed(method, path, query, headers, body);
        HttpURLConnection connection =
                (HttpURLConnection) request.getUri().toURL().openConnection();
        if (connection instanceof HttpsURLConnection secure) {
            if (authorities.isPresent()) {
                secure.setSSLSocketFactory(Authorities.trusting(authorities.get()));
            }
        }
        connection.setConnectTimeout(timeoutMillis);
        connection.setReadTimeout(timeoutMillis);
        connection.setInstanceFollowRedirects(false);
        connection.setRequestMethod(method);
        request.headers().forEach((name, values) -> {
            if (!name.equalsIgnoreCase("host")) {
                connection.setRequestProperty(name, String.join(",", values));
            }
        });
        if (!body.isEmpty()) {
            connection.setDoOutput(true);
            connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        }
        int status = connection.getResponseCode();
        String answer = text(status < 400 ? connection.getInputStream() : connection.getErrorStream());
        return new Answer(status, Optional.ofNullable(connection.getHeaderField("x-amzn-ErrorType")), answer);
    }

    private SdkHttpFullRequest signed(
            String method, String path, Map<String, String> query, Map<String, String> headers, String body)
            throws IOException {
        SdkHttpFullRequest.Builder unsigned = SdkHttpFullRequest.builder()
                .method(SdkHttpMethod.fromValue(method))
                .uri(endpoint)
                .encodedPath(path);
        query.forEach(unsigned::appendRawQueryParameter);
        headers.forEach(unsigned::putHeader);
        AwsCredentialsIdentity identity = identity();
        return (SdkHttpFullRequest) AwsV4HttpSigner.create()
                .sign(r -> r.identity(identity)
                        .request(unsigned.build())
                        .payload(ContentStreamProvider.fromUtf8String(body))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service)
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region))
                .request();
    }

    private AwsCredentialsIdentity identity() throws IOException {
        try {
            return credentials.resolveCredentials();
        } catch (SdkClientException | IllegalStateException e) {
            throw new CallerIdentity.CredentialsMissingException(e);
        }
    }

    private static String text(InputStream in) throws IOException {
        try (in) {
            byte[] bytes = in == null ? new byte[0] : in.readNBytes(MAX_ANSWER_BYTES + 1);
            if (bytes.length > MAX_ANSWER_BYTES) {
                throw new IOException("an answer of more than " + MAX_ANSWER_BYTES + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
