package dev.tollgate.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.ManualClock;
import dev.tollgate.harness.Upstreams;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

class TenantRoleTest {

    private static final long HOUR = 3_600_000;
    private static final long MINUTE = 60_000;

    private final Vertx vertx = Vertx.vertx();
    private final ManualClock clock = new ManualClock(0);
    private final List<Session> asked = new ArrayList<>();
    private final Map<TenantRoleOutcome, Integer> outcomes = new EnumMap<>(TenantRoleOutcome.class);
    private Function<Session, Future<AwsSessionCredentials>> sts = this::given;

    private Future<AwsSessionCredentials> given(Session session) {
        return Future.succeededFuture(AwsSessionCredentials.builder()
                .accessKeyId(session.tenant() + asked.size())
                .secretAccessKey("secret")
                .sessionToken("token")
                .expirationTime(clock.instant().plusMillis(HOUR))
                .build());
    }

    private TenantRole role(int maxTenants, boolean denies) {
        CredentialsCache own = new CredentialsCache(
                vertx,
                () -> AwsBasicCredentials.create("own", "secret"),
                new CallGuard() {
                    @Override
                    public <T> Future<T> call(Supplier<Future<T>> operation) {
                        return operation.get();
                    }
                },
                clock);
        return new TenantRole(
                own,
                session -> {
                    asked.add(session);
                    return sts.apply(session);
                },
                maxTenants,
                denies,
                clock,
                outcome -> outcomes.merge(outcome, 1, Integer::sum));
    }

    private static UpstreamRequest call(String tenant, String application) {
        Session session = new Session(tenant, "sales", application, "prod");
        return new UpstreamRequest(
                "POST", "/", MultiMap.caseInsensitiveMultiMap(), Payload.EMPTY, Optional.of(session));
    }

    private static String key(TenantRole role, String tenant) {
        return Upstreams.await(role.credentials(call(tenant, "web"))).accessKeyId();
    }

    @AfterEach
    void close() {
        Upstreams.await(vertx.close());
    }

    @Test
    void aSessionServesAllCallsOfItsTenantAndIsRenewedBeforeItExpires() {
        TenantRole role = role(10, true);
        assertEquals("acme1", key(role, "acme"));
        assertEquals("globex2", key(role, "globex"));
        clock.advance(HOUR - 5 * MINUTE - 1);
        assertEquals("acme1", key(role, "acme"));
        clock.advance(2);
        assertEquals("acme1", key(role, "acme"), "no call waits for the new session");
        assertEquals("acme3", key(role, "acme"));
        assertEquals(3, asked.size());
    }

    @Test
    void anOldSessionServesUntilItExpiresIfNoNewOneCanBeHad() {
        TenantRole role = role(10, true);
        assertEquals("acme1", key(role, "acme"));
        sts = session -> Future.failedFuture(new AssumeRoleException("Throttling", true));
        clock.advance(HOUR - MINUTE);
        assertEquals("acme1", key(role, "acme"));
        assertEquals("acme1", key(role, "acme"));
        assertEquals(2, asked.size(), "one more request, then a rest");
        clock.advance(2 * MINUTE);
        assertTrue(role.credentials(call("acme", "web")).failed(), "expired ones are not used");
    }

    @Test
    void oneRequestIsOpenForATenantAndOthersDoNotWaitForIt() {
        TenantRole role = role(10, true);
        Promise<AwsSessionCredentials> slow = Promise.promise();
        sts = session -> session.tenant().equals("slow") ? slow.future() : given(session);
        List<Future<?>> waiting = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            waiting.add(role.credentials(call("slow", "web")));
            waiting.add(role.credentials(call("slow", "batch")));
        }
        assertEquals("acme2", key(role, "acme"));
        assertEquals(2, asked.size(), "one for slow, one for acme");
        assertTrue(waiting.stream().noneMatch(Future::isComplete));
        sts = this::given;
        slow.complete(Upstreams.await(given(asked.get(0))));
        assertTrue(waiting.stream().allMatch(Future::succeeded));
        assertEquals(3, asked.size(), "one more for the other application");
    }

    @Test
    void aTenantThatCannotHaveASessionIsDeniedAtOnceWhileItRests() {
        TenantRole role = role(10, true);
        sts = session -> Future.failedFuture(new AssumeRoleException("AccessDenied", false));
        for (int i = 0; i < 100; i++) {
            Future<?> denied = role.credentials(call("acme", "web"));
            assertEquals(
                    "Tollgate cannot sign for this tenant: tollgate.upstream.tenant-role could not be assumed"
                            + " (AccessDenied)",
                    denied.cause().getMessage());
        }
        assertEquals(1, asked.size());
        List<Long> rests = List.of(1000L, 2000L, 4000L, 8000L, 16_000L, 30_000L, 30_000L);
        for (int i = 0; i < rests.size(); i++) {
            clock.advance(rests.get(i) - 1);
            assertTrue(role.credentials(call("acme", "web")).failed());
            assertEquals(1 + i, asked.size(), "still rests");
            clock.advance(1);
            assertTrue(role.credentials(call("acme", "web")).failed());
            assertEquals(2 + i, asked.size());
        }
        sts = this::given;
        clock.advance(30_000);
        assertTrue(key(role, "acme").startsWith("acme"));
        assertEquals(1, outcomes.get(TenantRoleOutcome.ASSUMED));
        assertEquals(8, outcomes.get(TenantRoleOutcome.FAILED));
        assertEquals(114, outcomes.get(TenantRoleOutcome.DENIED));
    }

    @Test
    void bySettingTheCallIsSignedAsThePodAndCounted() {
        TenantRole role = role(10, false);
        sts = session -> {
            throw new IllegalStateException("a bug");
        };
        assertEquals("own", key(role, "acme"));
        assertEquals("own", key(role, "acme"));
        assertEquals(2, outcomes.get(TenantRoleOutcome.FALLBACK));
        assertFalse(outcomes.containsKey(TenantRoleOutcome.DENIED));
    }

    @Test
    void requestsOfTollgateItselfAreSignedAsThePod() {
        assertEquals(
                "own",
                Upstreams.await(role(10, true).credentials(UpstreamRequest.get("/")))
                        .accessKeyId());
        assertEquals(0, asked.size());
    }

    @Test
    void tenThousandTenantsKeepNoMoreSessionsThanTheBound() {
        TenantRole role = role(100, true);
        for (int i = 0; i < 10_000; i++) {
            key(role, "t" + i);
        }
        assertEquals(10_000, asked.size());
        for (int i = 9_900; i < 10_000; i++) {
            key(role, "t" + i);
        }
        assertEquals(10_000, asked.size(), "the last hundred are kept");
        key(role, "t0");
        assertEquals(10_001, asked.size(), "the first is not");
    }

    @Test
    void aTenantWithEverNewApplicationsPushesOutItsOwnSessionsOnly() {
        TenantRole role = role(10, true);
        key(role, "acme");
        for (int i = 0; i < 1000; i++) {
            Upstreams.await(role.credentials(call("hostile", "app" + i)));
        }
        int before = asked.size();
        key(role, "acme");
        assertEquals(before, asked.size());
    }

    @Test
    void aSessionThatIsShortLivedIsRenewedAtHalfOfItsLife() {
        TenantRole role = role(10, true);
        sts = session -> Future.succeededFuture(AwsSessionCredentials.builder()
                .accessKeyId("short" + asked.size())
                .secretAccessKey("secret")
                .sessionToken("token")
                .expirationTime(clock.instant().plus(Duration.ofMinutes(4)))
                .build());
        assertEquals("short1", key(role, "acme"));
        clock.advance(2 * MINUTE - 1);
        assertEquals("short1", key(role, "acme"));
        clock.advance(1);
        assertEquals("short1", key(role, "acme"));
        assertEquals("short2", key(role, "acme"));
    }
}
