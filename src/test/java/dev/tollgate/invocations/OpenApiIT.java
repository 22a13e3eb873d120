package dev.tollgate.invocations;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Product;
import dev.tollgate.invocations.Calls.Event;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The description that the data port serves, held against what the product takes and answers. */
class OpenApiIT {

    @RegisterExtension
    static final Product PRODUCT = Product.with().policy("""
            aliases: { tiny: amazon.nova-micro-v1:0 }
            limits:
              - { name: day, budget: { usd: 1, per: day } }
              - { name: tpm, rate: { tokens: 100000, every: 1m } }
              - { name: calls, concurrency: 5 }
              - { name: rate, match: { model: nova-micro }, rate: { requests: 1, every: 1h } }
            """);

    private final OpenApi api = OpenApi.read();

    @Test
    void itIsServedAsItIsInTheDocumentation() throws IOException {
        HttpRequest get = HttpRequest.newBuilder(URI.create(PRODUCT.sidecar().uri() + "/tollgate/v1/openapi.yaml"))
                .build();
        HttpResponse<byte[]> answer = Http.send(get);
        assertEquals(200, answer.statusCode());
        assertArrayEquals(Files.readAllBytes(Path.of("src/docs/openapi.yaml")), answer.body());
    }

    @Test
    void itsExampleIsARequestThatIsAnsweredAsItSays() {
        JsonObject example = new JsonObject(api.example());
        assertEquals(new JsonObject(Calls.AWS_SAMPLE), example);
        assertEquals(List.of(), api.problems("Invocation", example));
        HttpResponse<byte[]> answer = Calls.post(PRODUCT, example.encode());
        assertEquals(200, answer.statusCode());
        assertEquals(List.of(), api.problems("Answer", Calls.json(answer)));
    }

    @Test
    void eventsAreAsItSays() {
        String stream = Calls.text(Calls.post(PRODUCT, Calls.streamed(Calls.AWS_SAMPLE)));
        Map<String, String> schemas = Map.of("delta", "Delta", "done", "Answer", "error", "StreamError");
        for (Event event : Calls.events(stream)) {
            assertEquals(List.of(), api.problems(schemas.get(event.name()), event.data()));
        }
        String cut = Calls.text(Calls.post(PRODUCT, Calls.streamed(Calls.AWS_SAMPLE), "x-simulate", "cut=3"));
        List<Event> events = Calls.events(cut);
        assertEquals(
                List.of(),
                api.problems("StreamError", events.get(events.size() - 1).data()));
    }

    @Test
    void refusalsAndDenialsAreAsItSays() {
        HttpResponse<byte[]> invalid = Calls.post(PRODUCT, "{}");
        assertEquals(List.of(), api.problems("Invalid", Calls.json(invalid)));
        Calls.post(PRODUCT, Calls.hello("tiny"));
        HttpResponse<byte[]> denied = Calls.post(PRODUCT, Calls.hello("tiny"));
        assertEquals(429, denied.statusCode());
        assertEquals(List.of(), api.problems("Error", Calls.json(denied)));
    }

    /** What the schema refuses, the product refuses; what it takes, the product takes. */
    @Test
    void theSchemaOfRequestsAgreesWithTheProduct() {
        String hello = Calls.hello("nova-lite");
        for (String request : List.of(
                hello,
                hello.replace("\"max_tokens\":20", "\"top_p\":1,\"temperature\":0,\"top_k\":1,\"max_tokens\":null"),
                hello.replace("\"max_tokens\":20", "\"temperature\":1.5"),
                hello.replace("\"max_tokens\":20", "\"max_tokens\":0"),
                hello.replace("\"max_tokens\":20", "\"top_k\":501"),
                hello.replace("\"max_tokens\":20", "\"top\":1"),
                hello.replace("\"user\"", "\"bot\""),
                hello.replace("\"Hello\"", "5"),
                hello.replace("\"web\"", "\"<web>\""),
                hello.replace("\"web\"", "\"web\",\"environment\":\"production\",\"costCenter\":null"),
                hello.replace("\"web\"", "\"web\",\"environment\":\"test\""),
                hello.replace("\"applicationId\":\"web\"", ""),
                Calls.streamed(hello).replace("true", "null"),
                Calls.streamed(hello).replace("true", "1"))) {
            boolean taken = Calls.post(PRODUCT, request).statusCode() == 200;
            assertEquals(api.problems("Invocation", new JsonObject(request)).isEmpty(), taken, request);
        }
    }
}
