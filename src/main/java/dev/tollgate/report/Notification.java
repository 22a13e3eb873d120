package dev.tollgate.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.charset.StandardCharsets;

/** Posts a report's total to a web hook, as JSON with a {@code text} that chat systems show. */
public final class Notification {

    private static final int TIMEOUT_MILLIS = 10_000;
    private static final JsonFactory JSON = new JsonFactory();

    private Notification() {}

    /** @throws UncheckedIOException if the hook does not accept it; its path is not in the message, it may be a secret */
    public static void post(String url, Report report) {
        try {
            HttpURLConnection connection = open(url);
            connection.setInstanceFollowRedirects(false);
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            connection.setRequestMethod("POST");
            connection.setRequestProperty("Content-Type", "application/json");
            connection.setDoOutput(true);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(json(report).getBytes(StandardCharsets.UTF_8));
            }
            int status = connection.getResponseCode();
            if (status < 200 || status > 299) {
                throw new IOException("status " + status);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(new IOException("expected --notify to be accepted, found " + reason(e)));
        }
    }

    private static HttpURLConnection open(String url) throws IOException {
        if (!url.startsWith("http://") && !url.startsWith("https://")) {
            throw new MalformedURLException("no http or https URL");
        }
        return (HttpURLConnection) new URL(url).openConnection();
    }

    private static String reason(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.startsWith("status ") || message.startsWith("no http")
                ? message
                : e.getClass().getSimpleName();
    }

    static String json(Report report) throws IOException {
        Totals total = report.total();
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField(
                    "text",
                    "Tollgate: " + total.calls + " calls, "
                            + new BigDecimal(total.microUsd()).movePointLeft(6).toPlainString()
                            + " USD (an estimate, prices "
                            + report.query().prices().version() + ")");
            json.writeStringField("generatedAt", report.generatedAt().toString());
            json.writeObjectFieldStart("total");
            JsonReport.numbers(json, total);
            json.writeEndObject();
            json.writeNumberField("unreadableLines", report.unreadableLines());
            json.writeEndObject();
        }
        return out.toString();
    }
}
