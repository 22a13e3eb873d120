package dev.tollgate.telemetry;

import dev.tollgate.bedrock.Usage;
import dev.tollgate.policy.Limit;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The counters of one set of labels; all exist from the first time it is seen, so that no first increase is lost. */
public final class CallCounters {

    private final MeterRegistry registry;
    private final Tags tags;
    private final Counter requests;
    private final Counter success;
    private final Counter failure;
    private final Counter input;
    private final Counter output;
    private final Counter cacheRead;
    private final Counter cacheWrite;
    private final Counter cost;
    private final Counter approved;
    private final Map<String, Counter> denied = new ConcurrentHashMap<>();

    CallCounters(MeterRegistry registry, Tags tags) {
        this.registry = registry;
        this.tags = tags;
        this.requests = counter("tollgate.requests", "Calls that reached the decision", Tags.empty());
        String invocations = "Admitted calls by how the upstream answered";
        this.success = counter("tollgate.invocations", invocations, Tags.of("outcome", "success"));
        this.failure = counter("tollgate.invocations", invocations, Tags.of("outcome", "failure"));
        this.input = tokens("input");
        this.output = tokens("output");
        this.cacheRead = tokens("cache_read");
        this.cacheWrite = tokens("cache_write");
        this.cost =
                counter("tollgate.cost.usd", "Cost of settled calls in US dollars, by the price book", Tags.empty());
        this.approved = decision("approved", "none");
        denied("denied", "none");
    }

    private Counter tokens(String type) {
        return counter("tollgate.tokens", "Tokens of settled calls as they are billed", Tags.of("type", type));
    }

    private Counter decision(String decision, String limit) {
        return counter(
                "tollgate.decisions",
                "Decisions; limit names the one that denied, or that the ledger could not be asked for (unavailable)",
                Tags.of("decision", decision, "limit", limit));
    }

    private Counter counter(String name, String help, Tags more) {
        return Counter.builder(name).description(help).tags(tags).tags(more).register(registry);
    }

    private Counter denied(String decision, String limit) {
        return denied.computeIfAbsent(decision + '\n' + limit, k -> decision(decision, limit));
    }

    /** Lets the counter of a limit's denials exist at zero. */
    void announce(Limit limit) {
        denied(limit.enforced() ? "denied" : "shadow_denied", limit.name());
    }

    public void request() {
        requests.increment();
    }

    public void approve() {
        approved.increment();
    }

    public void deny(String limit) {
        denied("denied", limit).increment();
    }

    /** A call that a limit cannot let through because the ledger does not answer; the limit itself may have room. */
    public void unavailable(String limit) {
        denied("unavailable", limit).increment();
    }

    public void shadowDeny(String limit) {
        denied("shadow_denied", limit).increment();
    }

    public void invoked(boolean ok) {
        (ok ? success : failure).increment();
    }

    public void used(Usage usage, long microUsd) {
        input.increment((double) usage.input());
        output.increment((double) usage.output());
        cacheRead.increment((double) usage.cacheRead());
        cacheWrite.increment((double) usage.cacheWrite());
        cost.increment(microUsd / 1e6);
    }
}
