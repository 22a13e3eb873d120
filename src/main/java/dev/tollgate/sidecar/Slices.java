package dev.tollgate.sidecar;

import dev.tollgate.bedrock.ModelNames;
import dev.tollgate.bedrock.ModelsConfig;
import dev.tollgate.bedrock.ProfilePrefix;
import dev.tollgate.control.ControlConfig;
import dev.tollgate.ledger.LedgerConfig;
import dev.tollgate.policy.PolicyConfig;
import dev.tollgate.pricing.PriceBook;
import dev.tollgate.pricing.PricingConfig;
import dev.tollgate.proxy.DenialConfig;
import dev.tollgate.proxy.MetadataConfig;
import dev.tollgate.proxy.ProxyConfig;
import dev.tollgate.telemetry.MetricsConfig;
import dev.tollgate.telemetry.NotifyConfig;
import dev.tollgate.telemetry.OtlpConfig;
import dev.tollgate.telemetry.UsageConfig;
import dev.tollgate.tenant.IdentityConfig;
import dev.tollgate.upstream.Endpoint;
import dev.tollgate.upstream.UpstreamConfig;
import io.quarkus.redis.runtime.client.VertxRedisClientFactory;
import io.quarkus.redis.runtime.client.config.RedisClientConfig;
import io.quarkus.redis.runtime.client.config.RedisConfig;
import io.quarkus.runtime.configuration.AbstractConfigBuilder;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

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

    public LedgerConfig ledger() {
        return slice(LedgerConfig.class);
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

    /** The price book in use. */
    public PriceBook prices() {
        return pricing().prices().file().map(PriceBook::read).orElseGet(PriceBook::bundled);
    }

    /**
     * Built-in names of the models in a price book.
     *
     * @param region that calls go to; empty if it is not known
     */
    public ModelNames modelNames(PriceBook prices, Optional<String> region) {
        String prefix = slice(ModelsConfig.class).profilePrefix();
        return ModelNames.of(prices.modelNames(), new ProfilePrefix(prefix, region));
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

    public ControlConfig control() {
        return slice(ControlConfig.class);
    }

    public MetricsConfig metrics() {
        return slice(MetricsConfig.class);
    }

    public NotifyConfig notices() {
        return slice(NotifyConfig.class);
    }

    public OtlpConfig otlp() {
        return slice(OtlpConfig.class);
    }

    public UsageConfig usage() {
        return slice(UsageConfig.class);
    }

    /** A client by the settings of {@code quarkus.redis}, outside of Quarkus: named TLS configurations are not known. */
    public Redis redis(Vertx vertx) {
        return VertxRedisClientFactory.create(
                RedisConfig.DEFAULT_CLIENT_NAME, vertx, redisClient(), NoRegistry.TLS, NoRegistry.PROXIES);
    }

    /** Where Redis is, without users and passwords. */
    public String redisHosts() {
        return redisClient().hosts().orElse(Set.of()).stream()
                .map(host -> Setting.servers(host.toString()))
                .sorted()
                .collect(Collectors.joining(","));
    }

    private RedisClientConfig redisClient() {
        return Objects.requireNonNull(slice(RedisConfig.class).clients().get(RedisConfig.DEFAULT_CLIENT_NAME));
    }

    /** The region that AWS SDKs would use. */
    public Optional<String> awsRegion() {
        return given("AWS_REGION").or(() -> given("AWS_DEFAULT_REGION"));
    }

    /** The region that calls go to; empty if no setting names one. */
    public Optional<String> region() {
        return upstream().region().or(this::awsRegion).filter(r -> !r.isBlank());
    }

    /** A Bedrock API key, ours or the SDKs'. */
    public Optional<String> bearerToken() {
        return upstream().bearerToken().or(() -> given("AWS_BEARER_TOKEN_BEDROCK"));
    }

    /** True if calls are signed by a role that is assumed for each tenant. */
    public boolean assumesTenantRole() {
        return upstream().tenantRole().isPresent() && identity().trust() == IdentityConfig.Trust.REQUEST;
    }

    /** Where STS is, as AWS SDKs would find it. */
    public Endpoint sts(Endpoint bedrock) {
        return Endpoint.sts(given("AWS_ENDPOINT_URL_STS").or(() -> given("AWS_ENDPOINT_URL")), bedrock.region());
    }

    /** The value of a property or variable; blank is none. */
    public Optional<String> given(String name) {
        return config.getOptionalValue(name, String.class).filter(v -> !v.isBlank());
    }

    private <T> T slice(Class<T> type) {
        return config.getConfigMapping(type);
    }
}
