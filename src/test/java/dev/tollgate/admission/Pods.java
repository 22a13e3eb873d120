package dev.tollgate.admission;

import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Usage;
import dev.tollgate.harness.Upstreams;
import dev.tollgate.ledger.Books;
import dev.tollgate.ledger.GuardedLedger;
import dev.tollgate.ledger.Ledger;
import dev.tollgate.ledger.LedgerFault;
import dev.tollgate.ledger.LedgerListener;
import dev.tollgate.ledger.PodShare;
import dev.tollgate.ledger.redis.RedisLedger;
import dev.tollgate.policy.Policy;
import dev.tollgate.policy.PolicyReader;
import dev.tollgate.pricing.Charge;
import dev.tollgate.pricing.Estimate;
import dev.tollgate.pricing.PriceBook;
import dev.tollgate.tenant.Caller;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Sidecars' decisions without their ports: admission, guard and the ledger in Redis, each pod with its own connection. */
final class Pods implements AutoCloseable {

    static final PriceBook BOOK = PriceBook.bundled();

    final Vertx vertx = Vertx.vertx();
    private final List<Pod> pods = new ArrayList<>();

    static Policy policy(String yaml) {
        return PolicyReader.read(yaml, 1);
    }

    static Demand demand(String tenant, String model, long microUsd) {
        ModelTarget target = ModelTarget.of(ModelId.parse(model), Optional.empty());
        Estimate estimate =
                new Estimate(10, 10, microUsd, true, true, BOOK.quote(target, LocalDate.of(2026, 11, 1), 0));
        return new Demand(caller(tenant), target, estimate);
    }

    static Caller caller(String tenant) {
        return new Caller(tenant, "app", "sales", "prod", Caller.NO_USER);
    }

    static AdmissionSettings settings() {
        return new AdmissionSettings(
                Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(1), OptionalInt.empty(), false);
    }

    static RedisOptions options(String... urls) {
        RedisOptions options = new RedisOptions().setMaxWaitingHandlers(100_000);
        for (String url : urls) {
            options.addConnectionString(url);
        }
        return urls.length > 1 ? options.setType(RedisClientType.CLUSTER).setHashSlotCacheTTL(1000) : options;
    }

    /** A pod on the Redis at these addresses; several are a cluster. */
    Pod start(Policy policy, String... urls) {
        return start(policy, settings(), urls);
    }

    Pod start(Policy policy, AdmissionSettings settings, String... urls) {
        Events events = new Events();
        RedisLedger ledger = new RedisLedger(
                vertx,
                () -> Redis.createClient(vertx, options(urls)),
                new RedisLedger.Settings("org", UUID.randomUUID().toString(), 5000, settings.recovery(), 1000),
                events);
        GuardedLedger guarded = new GuardedLedger(vertx, ledger, Duration.ofSeconds(5));
        Pod pod = new Pod(
                vertx, ledger, admission(vertx, guarded, ledger::share, () -> policy, settings, events), events);
        ledger.start();
        pods.add(pod);
        return pod;
    }

    static Admission admission(
            Vertx vertx,
            Ledger ledger,
            Supplier<Optional<PodShare>> share,
            Supplier<Policy> policy,
            AdmissionSettings settings,
            AdmissionListener listener) {
        InstantSource clock = InstantSource.system();
        Books books = new Books(ledger, share, () -> {
            throw new AssertionError("nobody asks for its health");
        });
        LimitsNow now = new LimitsNow(ledger, policy, caller("acme"), clock);
        return new Admission(vertx, clock, books, policy, settings, listener, now);
    }

    @Override
    public void close() {
        pods.forEach(p -> Upstreams.await(p.ledger.close()));
        Upstreams.await(vertx.close());
    }

    /** One pod. */
    record Pod(Vertx vertx, RedisLedger ledger, Admission admission, Events events) {

        Decision admit(Demand demand) {
            return Upstreams.await(admission.admit(UUID.randomUUID().toString(), demand));
        }

        /** One call from its admission to its settlement; true if it was approved. */
        boolean call() {
            Decision decision = admit(demand("acme", "amazon.nova-lite-v1:0", 100));
            if (decision instanceof Decision.Admitted admitted) {
                admitted.reservation().settle(new Charge(new Usage(10, 10, 0, 0, 0), 100, 1, false));
                return true;
            }
            return false;
        }

        /** Approved calls of so many. */
        int calls(int count) {
            int approved = 0;
            for (int i = 0; i < count; i++) {
                approved += call() ? 1 : 0;
            }
            return approved;
        }

        /** A call that a ledger which answers denies: the budget is used up. */
        Optional<Decision.Reason> denial() {
            return admit(demand("acme", "amazon.nova-lite-v1:0", 100)) instanceof Decision.Denied denied
                    ? Optional.of(denied.reason())
                    : Optional.empty();
        }

        void settled() {
            Upstreams.await(admission.drain());
        }
    }

    /** What was reported. */
    static final class Events implements AdmissionListener, LedgerListener {
        final AtomicInteger resets = new AtomicInteger();
        final AtomicInteger underflows = new AtomicInteger();
        final List<String> budgets = new CopyOnWriteArrayList<>();
        final List<LedgerFault> faults = new CopyOnWriteArrayList<>();
        final List<String> open = new CopyOnWriteArrayList<>();
        final List<String> settlements = new CopyOnWriteArrayList<>();

        @Override
        public void ledgerFailed(LedgerFault fault) {
            faults.add(fault);
        }

        @Override
        public void failedOpen(String limit) {
            open.add(limit);
        }

        @Override
        public void settlement(String tenant, String kind) {
            settlements.add(kind);
        }

        @Override
        public void ledgerAnswered(String operation, long nanos) {}

        @Override
        public void warned(BudgetEvent event) {
            budgets.add("warned " + event.limit() + " " + event.tenant() + " " + event.threshold());
        }

        @Override
        public void exhausted(BudgetEvent event) {
            budgets.add("exhausted " + event.limit() + " " + event.tenant());
        }

        @Override
        public void reset(BudgetEvent event) {
            budgets.add("reset " + event.limit() + " " + event.tenant());
        }

        @Override
        public void ledgerReset() {
            resets.incrementAndGet();
        }

        @Override
        public void ledgerUnderflow(int count) {
            underflows.addAndGet(count);
        }

        @Override
        public void ledgerDamaged(String field) {}
    }
}
