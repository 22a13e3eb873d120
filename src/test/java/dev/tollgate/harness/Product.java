package dev.tollgate.harness;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The product for one test class, from a few lines of settings: upstream, Redis if wanted, and the sidecar before them. */
public final class Product implements BeforeAllCallback, AfterAllCallback {

    private final List<String> settings = new ArrayList<>();
    private boolean withRedis;
    private boolean withControlPlane;
    private Optional<RealRedis> redis = Optional.empty();
    private Optional<Upstreams> upstream = Optional.empty();
    private Optional<SidecarProcess> sidecar = Optional.empty();

    private Product(String... settings) {
        this.settings.addAll(List.of(settings));
    }

    /** @param settings names and values in turn; names that begin with -X are flags of the virtual machine */
    public static Product with(String... settings) {
        return new Product(settings);
    }

    /** Of tenant acme, whose requests may name these tenants too. */
    public Product trusting(String tenants) {
        settings.addAll(List.of(
                "TOLLGATE_IDENTITY_TENANT", "acme",
                "TOLLGATE_IDENTITY_TRUST", "request",
                "TOLLGATE_IDENTITY_TENANTS", tenants));
        return this;
    }

    /** With this policy file. */
    public Product policy(String yaml) {
        settings.add("TOLLGATE_POLICY_FILE");
        settings.add(Upstreams.policy(yaml).toString());
        return this;
    }

    /** With the heap of the native image. */
    public Product imageHeap() {
        settings.addAll(List.of("-Xmx", "64m"));
        return this;
    }

    /** With a ledger in a Redis of its own, and a deadline of 5 s where none is set. */
    public Product redis() {
        withRedis = true;
        return this;
    }

    /** With the upstream as control plane too: what an inference profile is for is looked up there. */
    public Product controlPlane() {
        withControlPlane = true;
        return this;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        upstream = Optional.of(Upstreams.start());
        if (withRedis) {
            redis = Optional.of(RealRedis.start());
        }
        if (withControlPlane) {
            settings.addAll(
                    List.of("TOLLGATE_UPSTREAM_CONTROL_ENDPOINT", upstream().url()));
        }
        sidecar = Optional.of(another());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        sidecar.ifPresent(SidecarProcess::close);
        upstream.ifPresent(Upstreams::close);
        redis.ifPresent(RealRedis::close);
    }

    /** One more sidecar with the same settings; the caller closes it. */
    public SidecarProcess another() {
        String[] more = settings.toArray(String[]::new);
        return SidecarProcess.serve(
                withRedis ? upstream().settings(server(), more) : upstream().settings(more));
    }

    public Upstreams upstream() {
        return upstream.orElseThrow();
    }

    public SidecarProcess sidecar() {
        return sidecar.orElseThrow();
    }

    public RealRedis server() {
        return redis.orElseThrow();
    }

    /** One limit of the limits page. */
    public JsonObject limit(String name) {
        return new JsonObject(sidecar().get("/tollgate/v1/limits").body())
                .getJsonArray("limits").stream()
                        .map(JsonObject.class::cast)
                        .filter(l -> l.getString("name").equals(name))
                        .findFirst()
                        .orElseThrow();
    }

    /** Waits until no call is open. */
    public void awaitNoCalls() {
        Ports.await("every call to have ended", () -> sidecar().metric("tollgate_inflight_requests") == 0);
    }
}
