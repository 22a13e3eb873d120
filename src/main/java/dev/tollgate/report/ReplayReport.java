package dev.tollgate.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.util.Map;
import java.util.Optional;

/** What {@code tollgate replay} prints; the names in JSON are a contract. */
public final class ReplayReport {

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(com.fasterxml.jackson.core.StreamWriteFeature.AUTO_CLOSE_TARGET)
            .build();

    private ReplayReport() {}

    /** @param against what the other policy would have done */
    public static void json(Replay.Outcome proposed, Optional<Replay.Outcome> against, Writer out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            fields(json, proposed);
            if (against.isPresent()) {
                json.writeObjectFieldStart("against");
                fields(json, against.get());
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private static void fields(JsonGenerator json, Replay.Outcome outcome) throws IOException {
        json.writeNumberField("calls", outcome.calls());
        json.writeNumberField("approved", outcome.approved());
        json.writeNumberField("denied", outcome.denied());
        json.writeNumberField("savedMicroUsd", outcome.savedMicroUsd());
        json.writeArrayFieldStart("denials");
        for (Map.Entry<GroupKey, Replay.Denial> one : outcome.denials().entrySet()) {
            json.writeStartObject();
            json.writeStringField("tenant", one.getKey().values()[0]);
            json.writeStringField("model", one.getKey().values()[1]);
            json.writeStringField("limit", one.getKey().values()[2]);
            json.writeNumberField("calls", one.getValue().calls());
            json.writeNumberField("microUsd", one.getValue().microUsd());
            json.writeStringField("first", one.getValue().first().toString());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    public static void table(Replay.Outcome proposed, Optional<Replay.Outcome> against, Writer out) throws IOException {
        lines("", proposed, out);
        if (against.isPresent()) {
            out.write('\n');
            lines("against: ", against.get(), out);
        }
    }

    private static void lines(String before, Replay.Outcome outcome, Writer out) throws IOException {
        out.write(before + outcome.calls() + " calls, " + outcome.approved() + " approved, " + outcome.denied()
                + " denied, " + outcome.savedMicroUsd() + " micro-USD saved\n");
        for (Map.Entry<GroupKey, Replay.Denial> one : outcome.denials().entrySet()) {
            String[] key = one.getKey().values();
            out.write("  " + TableReport.printable(key[0]) + ", " + TableReport.printable(key[1]) + ": limit " + key[2]
                    + " denies " + one.getValue().calls() + " calls of "
                    + one.getValue().microUsd()
                    + " micro-USD, the first at " + one.getValue().first() + '\n');
        }
    }
}
