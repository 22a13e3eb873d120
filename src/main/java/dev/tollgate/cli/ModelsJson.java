package dev.tollgate.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.Unit;
import dev.tollgate.pricing.Price;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Names of models for other programs: integers, micro-USD. */
final class ModelsJson {

    private static final JsonFactory JSON = new JsonFactory();

    private ModelsJson() {}

    static String of(List<NamedModel> models, String version, String priceVersion, Optional<String> region) {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out).setPrettyPrinter(new DefaultPrettyPrinter())) {
            json.writeStartObject();
            json.writeStringField("tollgate", version);
            json.writeStringField("priceVersion", priceVersion);
            json.writeStringField("region", region.orElse(null));
            json.writeArrayFieldStart("models");
            for (NamedModel model : models) {
                write(json, model);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.append('\n').toString();
    }

    private static void write(JsonGenerator json, NamedModel model) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", model.name());
        json.writeStringField("modelId", model.target().sendId());
        json.writeStringField(
                "provider", model.target().pricedModel().map(ModelId::provider).orElse(""));
        json.writeStringField("source", model.ofPolicy() ? "policy" : "built-in");
        json.writeBooleanField("priced", model.known());
        Price price = model.price();
        if (model.soldByTokens()) {
            json.writeObjectFieldStart("microUsdPerMillionTokens");
            json.writeNumberField("input", price.input());
            json.writeNumberField("output", price.output());
            json.writeNumberField("cacheRead", price.cacheRead());
            json.writeNumberField("cacheWrite5m", price.cacheWrite5m());
            json.writeNumberField("cacheWrite1h", price.cacheWrite1h());
            json.writeEndObject();
        }
        json.writeObjectFieldStart("microUsdPerUnit");
        for (Map.Entry<Unit, Long> unit : model.units().entrySet()) {
            json.writeNumberField(unit.getKey().label(), unit.getValue());
        }
        json.writeEndObject();
        json.writeNumberField("contextTokens", price.contextTokens());
        json.writeNumberField("maxOutputTokens", price.maxOutputTokens());
        json.writeEndObject();
    }
}
