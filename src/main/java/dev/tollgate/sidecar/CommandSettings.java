package dev.tollgate.sidecar;

import io.smallrye.config.PropertiesConfigSource;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.eclipse.microprofile.config.spi.ConfigSourceProvider;

/**
 * Settings that a command gives: its flags win over everything, its defaults only over application.properties. Quarkus
 * builds its configuration itself and finds sources by the service loader only, so the command leaves them here, before
 * Quarkus starts and never after.
 */
public final class CommandSettings implements ConfigSourceProvider {

    private static final int FLAGS_ORDINAL = 500;
    // Environment variables have 300, application.properties has 250.
    private static final int DEFAULTS_ORDINAL = 275;

    private static volatile Map<String, String> flags = Map.of();
    private static volatile Map<String, String> defaults = Map.of();

    /** Replaces what an earlier command gave. */
    public static void give(Map<String, String> flags, Map<String, String> defaults) {
        CommandSettings.flags = Map.copyOf(flags);
        CommandSettings.defaults = Map.copyOf(defaults);
    }

    @Override
    public List<ConfigSource> getConfigSources(ClassLoader loader) {
        return List.of(
                new PropertiesConfigSource(flags, "command line", FLAGS_ORDINAL),
                new PropertiesConfigSource(defaults, "defaults of the command", DEFAULTS_ORDINAL));
    }
}
