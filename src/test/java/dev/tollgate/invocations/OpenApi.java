package dev.tollgate.invocations;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The API's description, as a validator of what it uses of JSON Schema. */
final class OpenApi {

    private final JsonObject document;

    private OpenApi(JsonObject document) {
        this.document = document;
    }

    static OpenApi read() {
        try {
            Map<String, Object> yaml = new Yaml(new SafeConstructor(new LoaderOptions()))
                    .load(Files.readString(Path.of("src/docs/openapi.yaml")));
            return new OpenApi(new JsonObject(new JsonObject(yaml).encode()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Map<String, Object> example() {
        return document.getJsonObject("paths")
                .getJsonObject(Calls.PATH)
                .getJsonObject("post")
                .getJsonObject("requestBody")
                .getJsonObject("content")
                .getJsonObject("application/json")
                .getJsonObject("example")
                .getMap();
    }

    /** Where a value is not as the schema says. */
    List<String> problems(String schema, JsonObject value) {
        List<String> problems = new ArrayList<>();
        check("", schema(schema), value, problems);
        return problems;
    }

    private JsonObject schema(String name) {
        return document.getJsonObject("components").getJsonObject("schemas").getJsonObject(name);
    }

    private void check(String at, JsonObject given, Object value, List<String> problems) {
        JsonObject schema =
                given.containsKey("$ref") ? schema(given.getString("$ref").replaceFirst(".*/", "")) : given;
        if (value == null) {
            expect(at, schema.getBoolean("nullable", false), "a value", problems);
            return;
        }
        schema.getJsonArray("allOf", new JsonArray()).forEach(s -> check(at, (JsonObject) s, value, problems));
        if (schema.containsKey("enum")) {
            expect(
                    at,
                    schema.getJsonArray("enum").contains(value),
                    schema.getJsonArray("enum").encode(),
                    problems);
        }
        switch (schema.getString("type", "any")) {
            case "object" -> object(at, schema, value, problems);
            case "array" -> array(at, schema, value, problems);
            case "string" -> {
                String pattern = schema.getString("pattern", "(?s).*");
                expect(at, value instanceof String text && text.matches(pattern), "a string " + pattern, problems);
            }
            case "boolean" -> expect(at, value instanceof Boolean, "a boolean", problems);
            case "integer" -> {
                expect(at, value instanceof Integer || value instanceof Long, "an integer", problems);
                range(at, schema, value, problems);
            }
            case "number" -> {
                expect(at, value instanceof Number, "a number", problems);
                range(at, schema, value, problems);
            }
            default -> {}
        }
    }

    private static void range(String at, JsonObject schema, Object value, List<String> problems) {
        if (value instanceof Number number) {
            double least = schema.getDouble("minimum", -Double.MAX_VALUE);
            double most = schema.getDouble("maximum", Double.MAX_VALUE);
            boolean within = number.doubleValue() >= least && number.doubleValue() <= most;
            expect(at, within, least + " to " + most, problems);
        }
    }

    private void object(String at, JsonObject schema, Object value, List<String> problems) {
        if (!(value instanceof JsonObject object)) {
            problems.add(at + ": expected an object");
            return;
        }
        JsonObject properties = schema.getJsonObject("properties", new JsonObject());
        schema.getJsonArray("required", new JsonArray())
                .forEach(name -> expect(at + '.' + name, object.containsKey((String) name), "it", problems));
        for (String name : object.fieldNames()) {
            if (properties.containsKey(name)) {
                check(at + '.' + name, properties.getJsonObject(name), object.getValue(name), problems);
            } else {
                expect(at + '.' + name, schema.getBoolean("additionalProperties", true), "no such field", problems);
            }
        }
    }

    private void array(String at, JsonObject schema, Object value, List<String> problems) {
        if (!(value instanceof JsonArray array)) {
            problems.add(at + ": expected an array");
            return;
        }
        expect(at, array.size() >= schema.getInteger("minItems", 0), "more items", problems);
        array.forEach(item -> check(at + "[]", schema.getJsonObject("items"), item, problems));
    }

    private static void expect(String at, boolean holds, String expected, List<String> problems) {
        if (!holds) {
            problems.add(at + ": expected " + expected);
        }
    }
}
