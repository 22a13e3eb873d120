package dev.tollgate.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A bucket that lists one object a page and gives objects to signed requests; any other bucket is elsewhere. */
final class SimulatedBucket implements AutoCloseable {

    private final HttpServer server;
    private final String bucket;
    private final Map<String, String> objects;

    SimulatedBucket(String bucket, Map<String, String> objects) throws IOException {
        this.bucket = bucket;
        this.objects = new TreeMap<>(objects);
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        boolean signed = authorization.startsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
                && authorization.contains("/us-east-1/s3/aws4_request")
                && exchange.getRequestHeaders().containsKey("x-amz-content-sha256");
        if (!signed) {
            answer(exchange, 403, "");
        } else if (path.equals("/" + bucket)) {
            answer(exchange, 200, page(String.valueOf(exchange.getRequestURI().getQuery())));
        } else if (path.startsWith("/" + bucket + "/")) {
            String content = objects.get(path.substring(bucket.length() + 2));
            answer(exchange, content == null ? 404 : 200, String.valueOf(content));
        } else {
            exchange.getResponseHeaders().set("x-amz-bucket-region", "eu-west-1");
            answer(exchange, 301, "");
        }
    }

    private String page(String query) {
        List<String> keys = new ArrayList<>(objects.keySet());
        int number = 0;
        for (String part : query.split("&")) {
            number = part.startsWith("continuation-token=token/+") ? Integer.parseInt(part.substring(26)) : number;
        }
        String key = keys.get(number);
        String next = number + 1 < keys.size()
                ? "<NextContinuationToken>token/+" + (number + 1) + "</NextContinuationToken>"
                : "";
        return "<ListBucketResult><Contents><Key>" + URLEncoder.encode(key, StandardCharsets.UTF_8) + "</Key><Size>"
                + objects.get(key).length() + "</Size><ETag>&quot;e" + number + "&quot;</ETag></Contents>" + next
                + "</ListBucketResult>";
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
