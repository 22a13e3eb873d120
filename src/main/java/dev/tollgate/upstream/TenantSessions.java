package dev.tollgate.upstream;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/**
 * The sessions of one tenant: one for each set of tags that its calls carry, few at a time, so that a tenant with ever new
 * applications pushes out its own only. One request is open at a time. After a failure it rests, longer each time.
 */
final class TenantSessions {

    private static final int MAX_SETS = 8;
    private static final Duration AHEAD = Duration.ofMinutes(5);
    private static final long FIRST_REST_MILLIS = 1000;
    private static final long LONGEST_REST_MILLIS = 30_000;

    private final Function<Session, Future<AwsSessionCredentials>> assume;
    private final TenantRoleState state;
    private final InstantSource clock;
    private final RecentlyUsed<Held> held = new RecentlyUsed<>(MAX_SETS);
    private Optional<Fetch> open = Optional.empty();
    private Optional<Failure> failure = Optional.empty();

    private record Held(AwsSessionCredentials credentials, Instant renewAt, Instant expiresAt) {}

    private record Fetch(Session session, Future<AwsSessionCredentials> result) {}

    private record Failure(Throwable cause, long restMillis, long restsUntil) {}

    TenantSessions(
            Function<Session, Future<AwsSessionCredentials>> assume, TenantRoleState state, InstantSource clock) {
        this.assume = assume;
        this.state = state;
        this.clock = clock;
    }

    /** Credentials that are valid now; the future fails with what stood in the way, at once while it rests. */
    Future<AwsSessionCredentials> get(Session session) {
        Promise<AwsSessionCredentials> fetched = Promise.promise();
        synchronized (this) {
            Instant now = clock.instant();
            Optional<Held> known = held.get(key(session)).filter(h -> now.isBefore(h.expiresAt));
            boolean due = known.map(h -> !now.isBefore(h.renewAt)).orElse(true);
            boolean rests = failure.map(f -> f.restsUntil > now.toEpochMilli()).orElse(false);
            if (known.isPresent() && (!due || rests || open.isPresent())) {
                return Future.succeededFuture(known.get().credentials);
            }
            if (open.isPresent()) {
                Fetch fetch = open.get();
                return fetch.session.equals(session) ? fetch.result : fetch.result.transform(done -> get(session));
            }
            if (rests) {
                return Future.failedFuture(failure.orElseThrow().cause);
            }
            open = Optional.of(new Fetch(session, fetched.future()));
            if (known.isPresent()) {
                begin(session, fetched);
                return Future.succeededFuture(known.get().credentials);
            }
        }
        begin(session, fetched);
        return fetched.future();
    }

    private void begin(Session session, Promise<AwsSessionCredentials> fetched) {
        Future.<Void>succeededFuture().compose(v -> assume.apply(session)).onComplete(done -> {
            ended(session, done);
            fetched.handle(done);
        });
    }

    private synchronized void ended(Session session, AsyncResult<AwsSessionCredentials> done) {
        open = Optional.empty();
        Instant now = clock.instant();
        if (done.succeeded()) {
            AwsSessionCredentials credentials = done.result();
            Instant expiresAt = credentials.expirationTime().orElse(now);
            Duration left = Duration.between(now, expiresAt);
            Duration ahead = left.compareTo(AHEAD.multipliedBy(2)) > 0 ? AHEAD : left.dividedBy(2);
            held.put(key(session), new Held(credentials, expiresAt.minus(ahead), expiresAt));
            state.assumed(session, failure.isPresent());
            failure = Optional.empty();
        } else {
            long rest = failure.map(f -> Math.min(LONGEST_REST_MILLIS, f.restMillis * 2))
                    .orElse(FIRST_REST_MILLIS);
            String before =
                    failure.map(f -> String.valueOf(f.cause.getMessage())).orElse("");
            state.failed(session, String.valueOf(done.cause().getMessage()), before);
            failure = Optional.of(new Failure(done.cause(), rest, now.toEpochMilli() + rest));
        }
    }

    private static String key(Session session) {
        return session.costCenter() + '\n' + session.application() + '\n' + session.environment();
    }
}
