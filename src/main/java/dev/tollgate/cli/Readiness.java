package dev.tollgate.cli;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/**
 * Ready is who can take calls. It tells the ledger's mode and never depends on it: an outage of Redis must not take the
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
        return HealthCheckResponse.named("tollgate")
                .up()
                .withData("ledger", sidecar.ledgerMode())
                .build();
    }
}
