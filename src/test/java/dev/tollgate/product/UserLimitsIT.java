package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Product;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A limit for each user whom an application names. */
class UserLimitsIT {

    @RegisterExtension
    static final Product GATEWAY = Product.with().trusting("globex").policy("""
                    limits:
                      - { name: each, per: [tenant, user], budget: { requests: 2, per: day } }
                      - { name: guests, match: { user: "guest-*" }, budget: { requests: 1, per: day } }
                    """).redis();

    private static int call(String... headers) {
        return Http.post(GATEWAY.sidecar(), Http.NOVA + "converse", Http.converse(5), headers)
                .statusCode();
    }

    @Test
    void eachUserHasACountOfItsOwnInItsTenant() {
        String alice = "X-Tollgate-User";
        assertEquals(200, call(alice, "alice"));
        JsonObject body =
                new JsonObject(Http.converse(5)).put("requestMetadata", new JsonObject().put("userId", "alice"));
        assertEquals(
                200,
                Http.post(GATEWAY.sidecar(), Http.NOVA + "converse", body.encode())
                        .statusCode());
        assertEquals(400, call(alice, "alice"), "by header or metadata, it is one user");
        assertEquals(200, call(alice, "bob"));
        assertEquals(200, call(alice, "alice", "X-Tollgate-Tenant", "globex"), "another tenant's alice");
        assertEquals(200, call());
        assertEquals(200, call());
        assertEquals(400, call(), "who is not named is one, too");
        assertTrue(GATEWAY.sidecar().get("/tollgate/v1/limits").body().contains("each/alice"));
    }

    @Test
    void aLimitCanMatchUsers() {
        assertEquals(200, call("X-Tollgate-User", "guest-1"));
        assertEquals(400, call("X-Tollgate-User", "guest-2"), "guests share one");
        assertEquals(200, call("X-Tollgate-User", "member"));
    }
}
