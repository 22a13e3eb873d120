package dev.tollgate.upstream;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;

/**
 * Lists and reads objects of one bucket (ListObjectsV2, GetObject), signed by the SDK's signer. The SDK's S3 client would
 * double the size of the executable for these two calls.
 */
public final class S3Bucket {

    private static final int TIMEOUT_MILLIS = 30_000;
    private static final Pattern CONTENTS = Pattern.compile("<Contents>(.*?)</Contents>", Pattern.DOTALL);

    private final String bucket;
    private final String region;
    private final URI endpoint;
    private final AwsCredentialsProvider credentials;

    /** An object as the list shows it. */
    public record Stored(String key, long bytes, String eTag) {}

    /** @param endpoint instead of AWS's, for tests and S3-compatible stores */
    public S3Bucket(String bucket, String region, Optional<URI> endpoint) {
        this.bucket = bucket;
        this.region = region;
        this.endpoint = endpoint.orElseGet(() -> URI.create("https://s3." + region + ".amazonaws.com"));
        this.credentials = CredentialsChain.of(region);
    }

    /** All objects below a prefix. */
    public List<Stored> list(String prefix) throws IOException {
        List<Stored> found = new ArrayList<>();
        String token = "";
        do {
            Map<String, String> query =
                    new TreeMap<>(Map.of("list-type", "2", "encoding-type", "url", "prefix", prefix));
            if (!token.isEmpty()) {
                query.put("continuation-token", token);
            }
            String page;
            try (InputStream in = get("/" + bucket, query)) {
                page = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
            Matcher contents = CONTENTS.matcher(page);
            while (contents.find()) {
                String key = URLDecoder.decode(element(contents.group(1), "Key"), StandardCharsets.UTF_8);
                found.add(new Stored(
                        key, Long.parseLong(element(contents.group(1), "Size")), element(contents.group(1), "ETag")));
            }
            token = element(page, "NextContinuationToken");
        } while (!token.isEmpty());
        return found;
    }

    public InputStream open(String key) throws IOException {
        return get("/" + bucket + "/" + encoded(key).replace("%2F", "/"), Map.of());
    }

    private InputStream get(String path, Map<String, String> query) throws IOException {
        SdkHttpFullRequest.Builder unsigned = SdkHttpFullRequest.builder()
                .method(SdkHttpMethod.GET)
                .uri(endpoint)
                .encodedPath(path);
        query.forEach(unsigned::appendRawQueryParameter);
        SdkHttpFullRequest request = unsigned.build();
        HttpURLConnection connection =
                (HttpURLConnection) request.getUri().toURL().openConnection();
        connection.setInstanceFollowRedirects(false);
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        signed(request).forEach((name, values) -> {
            if (!name.equalsIgnoreCase("Host")) {
                connection.setRequestProperty(name, String.join(",", values));
            }
        });
        if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
            throw refused(connection);
        }
        return connection.getInputStream();
    }

    private Map<String, List<String>> signed(SdkHttpFullRequest request) throws IOException {
        try {
            var identity = credentials.resolveCredentials();
            return AwsV4HttpSigner.create()
                    .sign(r -> r.identity(identity)
                            .request(request)
                            .payload(() -> new ByteArrayInputStream(new byte[0]))
                            .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                            .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                            .putProperty(AwsV4FamilyHttpSigner.DOUBLE_URL_ENCODE, false)
                            .putProperty(AwsV4FamilyHttpSigner.NORMALIZE_PATH, false))
                    .request()
                    .headers();
        } catch (SdkClientException e) {
            throw new IOException("expected AWS credentials to read s3://" + bucket + ", found none", e);
        }
    }

    private IOException refused(HttpURLConnection connection) throws IOException {
        String elsewhere = connection.getHeaderField("x-amz-bucket-region");
        String hint =
                elsewhere == null || elsewhere.equals(region) ? "" : "; it is in " + elsewhere + ", set AWS_REGION";
        return new IOException(
                "expected to read s3://" + bucket + ", found status " + connection.getResponseCode() + hint);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    /** Text of the first such element; empty if there is none. */
    private static String element(String xml, String name) {
        int from = xml.indexOf('<' + name + '>');
        int to = from < 0 ? -1 : xml.indexOf("</" + name + '>', from);
        return to < 0
                ? ""
                : xml.substring(from + name.length() + 2, to)
                        .replace("&quot;", "\"")
                        .replace("&amp;", "&");
    }
}
