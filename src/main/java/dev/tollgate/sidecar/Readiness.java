package dev.tollgate.sidecar;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/**
 * Ready once the proxy accepts calls. The breakers' states are shown and never decide: an outage of Redis must not take
 * applications out of their Services.
 */
@Singleton
@org.eclipse.microprofile.health.Readiness
public class Readiness implements HealthCheck {

    private final Sidecar sidecar;

    @Inject
    Readiness(Sidecar sidecar) {
        this.sidecar = sidecar;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder ready = HealthCheckResponse.named("tollgate").up();
        sidecar.modes().forEach((name, mode) -> ready.withData(name, mode.get()));
        return ready.build();
    }
}
