package dev.tollgate.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One self-contained page: the groups as data, and a script that draws every view from what the filters leave. */
final class HtmlReport implements ReportWriter {

    /** What the page can distinguish, in the order in which it is rolled up from the end. */
    static final List<String> KEYS = List.of("day", "tenant", "model", "company", "environment", "department");

    private static final String PLACE = "@DATA@";
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(com.fasterxml.jackson.core.StreamWriteFeature.AUTO_CLOSE_TARGET)
            .build();

    private final String version;

    HtmlReport(String version) {
        this.version = version;
    }

    /** Keeps strings from ending the script element. */
    private static final class InScript extends CharacterEscapes {
        private static final long serialVersionUID = 1;

        @Override
        public int[] getEscapeCodesForAscii() {
            int[] escapes = CharacterEscapes.standardAsciiEscapesForJSON();
            for (char c : new char[] {'<', '>', '&'}) {
                escapes[c] = CharacterEscapes.ESCAPE_STANDARD;
            }
            return escapes;
        }

        @Override
        public @Nullable SerializableString getEscapeSequence(int c) {
            return new SerializedString(String.format("\\u%04x", c));
        }
    }

    @Override
    public void write(Report report, Writer out) throws IOException {
        String page = template();
        int at = page.indexOf(PLACE);
        out.write(page, 0, at);
        data(report, out);
        out.write(page, at + PLACE.length(), page.length() - at - PLACE.length());
    }

    private static String template() throws IOException {
        try (InputStream in = HtmlReport.class.getResourceAsStream("report.html")) {
            if (in == null) {
                throw new IllegalStateException("expected the resource dev/tollgate/report/report.html");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void data(Report report, Writer out) throws IOException {
        List<String> keys = report.query().groupBy();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.setCharacterEscapes(new InScript());
            json.writeStartObject();
            json.writeStringField("tollgate", version);
            json.writeStringField("priceVersion", report.query().prices().version());
            json.writeStringField("generatedAt", report.generatedAt().toString());
            json.writeStringField("timeZone", report.query().zone().getId());
            json.writeNumberField("table", keys.size() > KEYS.size() ? KEYS.size() : keys.indexOf("tenant"));
            texts(json, "keys", keys);
            texts(json, "notices", Notes.of(report, Optional.empty()));
            json.writeArrayFieldStart("bounds");
            for (long bound : Totals.LATENCY_BOUNDS) {
                json.writeNumber(bound);
            }
            json.writeEndArray();
            cells(json, report, keys.size());
            json.writeEndObject();
        }
    }

    private static void texts(JsonGenerator json, String name, List<String> texts) throws IOException {
        json.writeArrayFieldStart(name);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    /** Key values as numbers into {@code values}, so that a page of many cells stays small. */
    private static void cells(JsonGenerator json, Report report, int keys) throws IOException {
        List<Map<String, Integer>> numbers = new ArrayList<>();
        List<List<String>> values = new ArrayList<>();
        for (int i = 0; i < keys; i++) {
            numbers.add(new HashMap<>());
            values.add(new ArrayList<>());
        }
        json.writeArrayFieldStart("cells");
        for (Report.Row row : report.rows()) {
            json.writeRaw('\n');
            json.writeStartArray();
            for (int i = 0; i < keys; i++) {
                List<String> known = values.get(i);
                json.writeNumber(numbers.get(i).computeIfAbsent(row.key().values()[i], value -> {
                    known.add(value);
                    return known.size() - 1;
                }));
            }
            sums(json, row.sums());
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("values");
        for (List<String> one : values) {
            json.writeStartArray();
            for (String value : one) {
                json.writeString(value);
            }
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    private static void sums(JsonGenerator json, Totals sums) throws IOException {
        long[] numbers = {
            sums.calls,
            sums.failed,
            sums.denied,
            sums.input,
            sums.output,
            sums.cacheRead,
            sums.cacheWrite - sums.cacheWrite1h,
            sums.cacheWrite1h
        };
        for (long number : numbers) {
            json.writeNumber(number);
        }
        for (long part : sums.cost) {
            json.writeNumber(part);
        }
        json.writeNumber(sums.latencyMillis);
        for (long count : sums.latency) {
            json.writeNumber(count);
        }
    }
}
