package dev.tollgate.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.util.List;

/** The report as JSON; its names are a contract. */
public final class JsonReport implements ReportWriter {

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(com.fasterxml.jackson.core.StreamWriteFeature.AUTO_CLOSE_TARGET)
            .build();

    private final String version;

    /** @param version of Tollgate */
    public JsonReport(String version) {
        this.version = version;
    }

    @Override
    public void write(Report report, Writer out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("tollgate", version);
            json.writeStringField("priceVersion", report.query().prices().version());
            json.writeStringField("generatedAt", report.generatedAt().toString());
            json.writeStringField("timeZone", report.query().zone().getId());
            json.writeArrayFieldStart("groupBy");
            for (String key : report.query().groupBy()) {
                json.writeString(key);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("rows");
            for (Report.Row row : report.rows()) {
                json.writeRaw("\n ");
                row(json, report.query().groupBy(), row);
            }
            json.writeEndArray();
            json.writeFieldName("total");
            json.writeStartObject();
            numbers(json, report.total());
            json.writeEndObject();
            problems(json, report);
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private static void row(JsonGenerator json, List<String> keys, Report.Row row) throws IOException {
        json.writeStartObject();
        json.writeObjectFieldStart("key");
        for (int i = 0; i < keys.size(); i++) {
            json.writeStringField(keys.get(i), row.key().values()[i]);
        }
        json.writeEndObject();
        numbers(json, row.sums());
        json.writeEndObject();
    }

    static void numbers(JsonGenerator json, Totals totals) throws IOException {
        for (Columns column : Columns.ALL) {
            json.writeNumberField(column.name(), column.value().applyAsLong(totals));
        }
    }

    private static void problems(JsonGenerator json, Report report) throws IOException {
        json.writeObjectFieldStart("problems");
        json.writeNumberField("unreadableLines", report.unreadableLines());
        json.writeNumberField("duplicateCalls", report.duplicateCalls());
        json.writeArrayFieldStart("unpriced");
        for (var entry : report.unpriced().entrySet()) {
            json.writeStartObject();
            json.writeStringField("model", entry.getKey());
            json.writeNumberField("calls", entry.getValue());
            json.writeEndObject();
        }
        json.writeEndArray();
        if (!report.rolledUp().isEmpty()) {
            json.writeArrayFieldStart("rolledUp");
            for (String key : report.rolledUp()) {
                json.writeString(key);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }
}
