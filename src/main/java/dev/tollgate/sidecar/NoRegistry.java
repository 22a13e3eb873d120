package dev.tollgate.sidecar;

import io.quarkus.proxy.ProxyConfigurationRegistry;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import java.util.Optional;

/** Stands in for Quarkus' registries in a command that does not start Quarkus: they hold nothing. */
final class NoRegistry implements TlsConfigurationRegistry {

    static final TlsConfigurationRegistry TLS = new NoRegistry();
    static final ProxyConfigurationRegistry PROXIES = name -> Optional.empty();

    private NoRegistry() {}

    @Override
    public Optional<TlsConfiguration> get(String name) {
        return Optional.empty();
    }

    @Override
    public Optional<TlsConfiguration> getDefault() {
        return Optional.empty();
    }

    @Override
    public void register(String name, TlsConfiguration configuration) {
        throw new UnsupportedOperationException("nothing to register in");
    }
}
