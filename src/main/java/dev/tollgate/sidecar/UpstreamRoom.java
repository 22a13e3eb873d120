package dev.tollgate.sidecar;

import dev.tollgate.bedrock.ProfileModels;
import dev.tollgate.control.PodFacts;
import dev.tollgate.upstream.Endpoint;
import dev.tollgate.upstream.InferenceProfiles;
import dev.tollgate.upstream.Signer;
import dev.tollgate.upstream.TenantRole;
import dev.tollgate.upstream.Upstream;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Bedrock's runtime and control plane.
 *
 * @param profiles looks up which model an application inference profile runs
 * @param modes states of the breakers before credentials and control plane
 */
record UpstreamRoom(Endpoint endpoint, Upstream runtime, ProfileModels profiles, Map<String, Supplier<String>> modes) {

    private static final Duration CREDENTIALS_DEADLINE = Duration.ofSeconds(10);
    private static final Duration CONTROL_PLANE_DEADLINE = Duration.ofSeconds(2);

    /** @param tenantRoles receives what becomes of tenants' sessions, if a role is assumed for each */
    static UpstreamRoom of(Platform platform, Slices slices, Consumer<String> tenantRoles) {
        DeadlineGuard credentials = DeadlineGuard.seldom("credentials", CREDENTIALS_DEADLINE);
        DeadlineGuard controlPlane = DeadlineGuard.seldom("control-plane", CONTROL_PLANE_DEADLINE);
        Endpoint endpoint = Endpoint.of(slices.upstream(), slices.awsRegion());
        ProfileModels profiles = Endpoint.control(slices.upstream(), endpoint, slices.given("AWS_ENDPOINT_URL_BEDROCK"))
                .<ProfileModels>map(control -> new InferenceProfiles(
                        upstream(platform, slices, control, ownSigner(platform, slices, control, credentials)),
                        controlPlane,
                        platform.clock()))
                .orElse(ProfileModels.NONE);
        Signer signer = slices.assumesTenantRole()
                ? Signer.of(
                        platform.vertx(),
                        endpoint,
                        TenantRole.of(
                                platform.vertx(),
                                slices.upstream(),
                                slices.sts(endpoint),
                                credentials,
                                platform.clock(),
                                outcome -> tenantRoles.accept(outcome.label())))
                : ownSigner(platform, slices, endpoint, credentials);
        return new UpstreamRoom(
                endpoint,
                upstream(platform, slices, endpoint, signer),
                profiles,
                Map.of("credentials", credentials::mode, "control-plane", controlPlane::mode));
    }

    private static Signer ownSigner(Platform platform, Slices slices, Endpoint endpoint, DeadlineGuard credentials) {
        return Signer.of(platform.vertx(), endpoint, slices.bearerToken(), credentials, platform.clock());
    }

    PodFacts.Bedrock facts() {
        return new PodFacts.Bedrock(endpoint.host(), endpoint.region(), runtime::canSign, runtime::sound);
    }

    private static Upstream upstream(Platform platform, Slices slices, Endpoint endpoint, Signer signer) {
        return new Upstream(platform.vertx(), slices.upstream(), endpoint, signer);
    }
}
