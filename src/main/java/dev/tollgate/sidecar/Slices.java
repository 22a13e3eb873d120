package dev.tollgate.sidecar;

import dev.tollgate.policy.PolicyConfig;
import dev.tollgate.pricing.PricingConfig;
import dev.tollgate.proxy.DenialConfig;
import dev.tollgate.proxy.MetadataConfig;
import dev.tollgate.proxy.ProxyConfig;
import dev.tollgate.telemetry.MetricsConfig;
import dev.tollgate.telemetry.UsageConfig;
import dev.tollgate.tenant.IdentityConfig;
import dev.tollgate.upstream.UpstreamConfig;
import io.quarkus.runtime.configuration.AbstractConfigBuilder;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Optional;

/**
 * The configuration, as every command reads it: a slice for each room, and what AWS SDKs read from the environment. Slices are
 * {@code @Unremovable}, because Quarkus keeps only those that are injected.
 */
public record Slices(SmallRyeConfig config) {

    // What Quarkus generates at build time: sources, defaults, converters and mappings of `serve`.
    private static final String GENERATED = "io.quarkus.runtime.generated.RunTimeConfig";

    /**
     * Exactly what {@code serve} would run with.
     *
     * @throws io.smallrye.config.ConfigValidationException if a setting is not valid
     */
    public static Slices read() {
        SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder();
        AbstractConfigBuilder.withCustomizer(builder, GENERATED);
        return new Slices(builder.build());
    }

    public TollgateConfig root() {
        return slice(TollgateConfig.class);
    }

    public TollgateConfig.LedgerConfig ledger() {
        return root().ledger();
    }

    public IdentityConfig identity() {
        return slice(IdentityConfig.class);
    }

    public PolicyConfig policy() {
        return slice(PolicyConfig.class);
    }

    public PricingConfig pricing() {
        return slice(PricingConfig.class);
    }

    public UpstreamConfig upstream() {
        return slice(UpstreamConfig.class);
    }

    public ProxyConfig proxy() {
        return slice(ProxyConfig.class);
    }

    public DenialConfig denial() {
        return slice(DenialConfig.class);
    }

    public boolean addsMetadata() {
        return slice(MetadataConfig.class).metadata() == MetadataConfig.Metadata.ADD;
    }

    public MetricsConfig metrics() {
        return slice(MetricsConfig.class);
    }

    public UsageConfig usage() {
        return slice(UsageConfig.class);
    }

    /** The region that AWS SDKs would use. */
    public Optional<String> awsRegion() {
        return given("AWS_REGION").or(() -> given("AWS_DEFAULT_REGION"));
    }

    /** A Bedrock API key, ours or the SDKs'. */
    public Optional<String> bearerToken() {
        return upstream().bearerToken().or(() -> given("AWS_BEARER_TOKEN_BEDROCK"));
    }

    /** The value of a property or variable; blank is none. */
    public Optional<String> given(String name) {
        return config.getOptionalValue(name, String.class).filter(v -> !v.isBlank());
    }

    private <T> T slice(Class<T> type) {
        return config.getConfigMapping(type);
    }
}
