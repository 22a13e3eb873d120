package dev.tollgate.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Upstreams;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Many calls at once through one data path: counted, charged and recorded each once. */
class CallsAtOnceTest {

    private static Upstreams upstream;
    private DataPath path;

    @BeforeAll
    static void start() {
        upstream = Upstreams.bearer();
    }

    @AfterAll
    static void stop() {
        upstream.close();
    }

    @AfterEach
    void nothingIsLeftBehind() {
        Ports.await("no open call", () -> path.openCalls.count() == 0);
        path.close();
    }

    private List<Integer> atOnce(int calls, String operation, String... headers) {
        List<CompletableFuture<HttpResponse<String>>> open = IntStream.range(0, calls)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> path.post(DataPath.NOVA + operation, Http.converse(20), headers)))
                .toList();
        List<Integer> statuses = new ArrayList<>();
        open.forEach(call -> statuses.add(call.join().statusCode()));
        return statuses;
    }

    private static long count(List<Integer> statuses, int status) {
        return statuses.stream().filter(s -> s == status).count();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 40})
    void aBudgetOfRequestsAdmitsExactlySoMany(int budget) {
        String limit = budget == 0 ? "concurrency: 100" : "budget: { requests: " + budget + ", per: month }";
        path = new DataPath(upstream, "limits: [ { name: l, " + limit + " } ]");
        List<Integer> statuses = atOnce(60, "converse");
        assertEquals(budget == 0 ? 60 : budget, count(statuses, 200), statuses.toString());
        assertEquals(budget == 0 ? 0 : 60 - budget, count(statuses, 400));
    }

    @Test
    void everyCallHasItsRecord() {
        path = new DataPath(upstream, "limits: [ { name: l, budget: { requests: 20, per: month } } ]");
        atOnce(50, "converse");
        List<JsonObject> records = path.records(50);
        assertEquals(50, records.size());
        assertEquals(
                50,
                records.stream().map(r -> r.getString("tollgateId")).distinct().count());
        assertEquals(
                20,
                records.stream()
                        .filter(r -> r.getString("decision").equals("approved"))
                        .count());
        assertEquals(
                30,
                records.stream()
                        .filter(r -> r.getString("decision").equals("denied"))
                        .count());
    }

    @Test
    void theCostOfAllRecordsIsTheCostThatIsCounted() {
        path = new DataPath(upstream, "limits: []");
        atOnce(40, "converse-stream");
        long microUsd =
                path.records(40).stream().mapToLong(r -> r.getLong("microUsd")).sum();
        assertTrue(microUsd > 0);
        assertEquals(microUsd / 1e6, path.count("tollgate.cost.usd"), 1e-9);
    }

    @Test
    void streamsAndAnswersAreChargedTheSame() {
        path = new DataPath(upstream, "limits: []");
        atOnce(1, "converse");
        long plain = path.lastRecord(1).getLong("microUsd");
        atOnce(1, "converse-stream");
        assertEquals(plain, path.lastRecord(2).getLong("microUsd"));
    }

    @Test
    void aConcurrencyLimitIsFreeAgainAfterEveryKindOfEnd() {
        path = new DataPath(upstream, "limits: [ { name: one, concurrency: 1 } ]");
        for (String fault : List.of("tokens=5", "status=500", "status=429", "no-answer", "no-usage", "cache-read=5")) {
            atOnce(1, "converse", "x-simulate", fault);
            assertEquals(List.of(200), atOnce(1, "converse"), "after " + fault);
        }
    }

    @ParameterizedTest
    @CsvSource({"cut=3", "exception=3", "json", "usage-twice", "no-usage", "garbage=3"})
    void aConcurrencyLimitIsFreeAgainAfterEveryEndOfAStream(String fault) {
        path = new DataPath(upstream, "limits: [ { name: one, concurrency: 1 } ]");
        path.post(DataPath.NOVA + "converse-stream", Http.converse(20), "x-simulate", fault);
        path.records(1);
        assertEquals(List.of(200), atOnce(1, "converse"));
    }

    @Test
    void aFailingLedgerThatComesBackAdmitsAgain() {
        path = new DataPath(upstream, "limits: [ { name: l, budget: { requests: 1000, per: month } } ]");
        path.ledger.failure = Optional.of(new IllegalStateException("a bug"));
        assertEquals(10, count(atOnce(10, "converse"), 500));
        path.ledger.failure = Optional.empty();
        assertEquals(10, count(atOnce(10, "converse"), 200));
        assertFalse(path.records(20).isEmpty());
    }
}
