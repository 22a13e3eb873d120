package dev.tollgate.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.ModelId;
import dev.tollgate.harness.ManualClock;
import dev.tollgate.harness.Upstreams;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The model behind an application profile, asked of a control plane that answers, or does not. */
class InferenceProfilesTest {

    private static final ModelId PROFILE =
            ModelId.parse("arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123");

    private final Vertx vertx = Vertx.vertx();
    private final ManualClock clock = new ManualClock(1_000_000);
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile int status = 200;
    private volatile String answer = models("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0");

    @AfterEach
    void close() {
        Upstreams.await(vertx.close());
    }

    private static String models(String... arns) {
        return "{\"models\":["
                + String.join(
                        ",",
                        List.of(arns).stream()
                                .map(a -> "{\"modelArn\":\"" + a + "\"}")
                                .toList()) + "]}";
    }

    private static <T> Future<T> unguarded(Supplier<Future<T>> operation) {
        return operation.get();
    }

    private void handle(HttpServerRequest request) {
        asked.add(request.uri() + " " + request.getHeader("authorization"));
        request.response().setStatusCode(status).end(answer);
    }

    private InferenceProfiles profiles() {
        int port = Upstreams.await(
                        vertx.createHttpServer().requestHandler(this::handle).listen(0, "127.0.0.1"))
                .actualPort();
        UpstreamConfig config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withSources(new PropertiesConfigSource(
                        Map.of("tollgate.upstream.endpoint", "http://127.0.0.1:" + port), "test", 100))
                .withMapping(UpstreamConfig.class)
                .build()
                .getConfigMapping(UpstreamConfig.class);
        Endpoint endpoint = Endpoint.of(config, Optional.empty());
        Signer signer = Signer.of(vertx, endpoint, Optional.of("key"), InferenceProfilesTest::unguarded, clock);
        return new InferenceProfiles(
                new Upstream(vertx, config, endpoint, signer), InferenceProfilesTest::unguarded, clock);
    }

    private static Optional<String> ask(InferenceProfiles profiles) {
        Upstreams.await(profiles.ask(PROFILE));
        return profiles.known(PROFILE);
    }

    @Test
    void aProfilesModelIsWhatTheControlPlaneNames() {
        InferenceProfiles profiles = profiles();
        assertEquals(Optional.empty(), profiles.known(PROFILE));
        assertEquals(Optional.of("amazon.nova-lite-v1:0"), ask(profiles));
        assertEquals(Optional.of("amazon.nova-lite-v1:0"), profiles.known(PROFILE));
    }

    @Test
    void theQueryNamesTheProfileInOneSegmentAndIsAuthorized() {
        ask(profiles());
        assertEquals(
                List.of(
                        "/inference-profiles/arn%3Aaws%3Abedrock%3Aus-east-1%3A111122223333%3Aapplication-inference-profile%2Fabc123"
                                + " Bearer key"),
                asked);
    }

    @Test
    void allModelsOfOneProfileAreOneModelInSeveralRegions() {
        answer = models(
                "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0",
                "arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-pro-v1:0");
        assertEquals(Optional.of("amazon.nova-pro-v1:0"), ask(profiles()));
    }

    @Test
    void aModelWithoutARegionIsGlobal() {
        answer = models(
                "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0",
                "arn:aws:bedrock:::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0");
        assertEquals(Optional.of("global.anthropic.claude-sonnet-4-5-20250929-v1:0"), ask(profiles()));
    }

    @Test
    void whatIsKnownIsNotAskedAgain() {
        InferenceProfiles profiles = profiles();
        assertTrue(profiles.worthAsking(PROFILE));
        ask(profiles);
        assertFalse(profiles.worthAsking(PROFILE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "amazon.nova-lite-v1:0",
                "us.amazon.nova-lite-v1:0",
                "arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-lite-v1:0",
                "arn:aws:bedrock:us-east-1:1:provisioned-model/abc"
            })
    void onlyApplicationProfilesAreWorthAsking(String id) {
        assertFalse(profiles().worthAsking(ModelId.parse(id)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no json", "[]", "{}", "{\"models\":[]}", "{\"models\":[{}]}", "{\"models\":5}"})
    void anAnswerThatNamesNoModelFailsNothing(String body) {
        answer = body;
        assertEquals(Optional.empty(), ask(profiles()));
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 404, 500})
    void anErrorFailsNothing(int error) {
        status = error;
        answer = "{\"message\":\"no\"}";
        assertEquals(Optional.empty(), ask(profiles()));
    }

    @ParameterizedTest
    @CsvSource({"0, false", "60000, false", "60001, true", "3600000, true"})
    void whatFailedIsWorthAskingAgainAfterAMinute(long laterMillis, boolean worth) {
        answer = "{}";
        InferenceProfiles profiles = profiles();
        ask(profiles);
        clock.advance(laterMillis);
        assertEquals(worth, profiles.worthAsking(PROFILE));
    }

    @Test
    void callsAtOnceAskOnce() {
        InferenceProfiles profiles = profiles();
        Future<Void> first = profiles.ask(PROFILE);
        Future<Void> second = profiles.ask(PROFILE);
        Upstreams.await(Future.all(first, second));
        assertEquals(1, asked.size());
    }
}
