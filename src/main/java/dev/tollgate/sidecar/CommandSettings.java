package dev.tollgate.sidecar;

import io.smallrye.config.PropertiesConfigSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.eclipse.microprofile.config.spi.ConfigSourceProvider;

/**
 * Settings that a command gives: what it sets wins over everything, its defaults only over application.properties. Quarkus
 * builds its configuration itself and finds sources by the service loader only, so a command leaves them here, before
 * Quarkus starts and never after.
 */
public final class CommandSettings implements ConfigSourceProvider {

    private static final int GIVEN_ORDINAL = 500;
    // Environment variables have 300, application.properties has 250.
    private static final int DEFAULTS_ORDINAL = 275;

    private static volatile Map<String, String> given = Map.of();
    private static volatile Map<String, String> defaults = Map.of();

    /** Adds settings that win over environment variables and system properties. */
    public static synchronized void give(Map<String, String> settings) {
        given = with(given, settings);
    }

    /** Adds settings that hold if the user sets none. */
    public static synchronized void byDefault(Map<String, String> settings) {
        defaults = with(defaults, settings);
    }

    private static Map<String, String> with(Map<String, String> settings, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(settings);
        all.putAll(more);
        return Map.copyOf(all);
    }

    @Override
    public List<ConfigSource> getConfigSources(ClassLoader loader) {
        return List.of(
                new PropertiesConfigSource(given, "command line", GIVEN_ORDINAL),
                new PropertiesConfigSource(defaults, "the command's default", DEFAULTS_ORDINAL));
    }
}
