package dev.tollgate.cli;

import dev.tollgate.sidecar.CommandSettings;
import dev.tollgate.sidecar.StartCheck;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code tollgate status [--watch] [--json]}: what the sidecar on this machine shows at /tollgate/v1/status. */
final class StatusCommand implements Callable<Integer> {

    private static final String PORT = "tollgate.management-port";
    private static final int MAX_PORT = 65_535;
    private static final int TIMEOUT_MILLIS = (int) Duration.ofSeconds(3).toMillis();
    // More than any page; what is larger is not a status.
    private static final int MAX_BYTES = 8_000_000;
    private static final String CLEAR = "\033[H\033[2J\033[3J";

    private final CommandSpec spec = Main.command(
            this,
            "Shows limits, spend and the last calls, as the sidecar on this machine knows them (kubectl exec ... tollgate"
                    + " status).");

    CommandSpec spec() {
        return spec.addOption(flag("--watch", "Shows it again each second, until interrupted."))
                .addOption(flag("--json", "Prints the JSON of /tollgate/v1/status."))
                .addOption(text("--tenant", "NAME", "Only this tenant and the limits that it shares."))
                .addOption(text("--cursor", "CURSOR", "The page after the one that named this cursor."))
                .addOption(text("--management-port", "PORT", "Of the sidecar; else tollgate.management-port, 9000."));
    }

    private static OptionSpec flag(String name, String description) {
        return OptionSpec.builder(name)
                .type(boolean.class)
                .arity("0")
                .description(description)
                .build();
    }

    private static OptionSpec text(String name, String label, String description) {
        return OptionSpec.builder(name)
                .paramLabel(label)
                .type(String.class)
                .description(description)
                .build();
    }

    @Override
    public Integer call() throws InterruptedException {
        given("--management-port").ifPresent(port -> CommandSettings.give(Map.of(PORT, port)));
        String port = StartCheck.values().getOptionalValue(PORT, String.class).orElse("");
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) < 1 || Integer.parseInt(port) > MAX_PORT) {
            System.err.println(
                    "expected " + PORT + " from 1 to " + MAX_PORT + ", found \"" + TextTable.printable(port) + '"');
            return 1;
        }
        URI address = URI.create("http://127.0.0.1:" + port + "/tollgate/v1/status" + query());
        boolean shown = show(address);
        while (shown && is("--watch") && !System.out.checkError()) {
            TimeUnit.SECONDS.sleep(1);
            // One that restarts is waited for.
            show(address);
        }
        if (shown && !is("--watch") && System.out.checkError()) {
            System.err.println("expected to write standard output, found that it failed");
            return 1;
        }
        return shown ? 0 : 1;
    }

    private boolean show(URI address) {
        try {
            String body = get(address);
            JsonObject status = new JsonObject(body);
            String shown = is("--json") ? body + '\n' : StatusTables.of(status);
            boolean clears = is("--watch") && !is("--json") && Terminal.isTerminal(1);
            System.out.print((clears ? CLEAR : "") + shown + (is("--watch") && !clears && !is("--json") ? "\n" : ""));
            System.out.flush();
            return true;
        } catch (IOException e) {
            System.err.println("expected a sidecar at " + address.getAuthority() + ", found: " + Cause.of(e)
                    + "; is it running, and is " + PORT + " its management port?");
        } catch (DecodeException | ClassCastException | NullPointerException e) {
            System.err.println("expected a sidecar at " + address.getAuthority()
                    + ", found a server that answers something else; is " + PORT + " its management port?");
        }
        return false;
    }

    private static String get(URI address) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        connection.setInstanceFollowRedirects(false);
        try {
            int code = connection.getResponseCode();
            try (InputStream in = code < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                String body = in == null ? "" : new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
                if (code != HttpURLConnection.HTTP_OK) {
                    throw new IOException(message(body).orElse("an answer with status " + code));
                }
                return body;
            }
        } finally {
            connection.disconnect();
        }
    }

    /** Tollgate's own reason for a refusal. */
    private static Optional<String> message(String body) {
        try {
            return Optional.ofNullable(new JsonObject(body).getString("message"));
        } catch (DecodeException | ClassCastException e) {
            return Optional.empty();
        }
    }

    private String query() {
        List<String> parts = new ArrayList<>();
        given("--tenant").ifPresent(tenant -> parts.add("tenant=" + URLEncoder.encode(tenant, StandardCharsets.UTF_8)));
        given("--cursor").ifPresent(cursor -> parts.add("cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8)));
        return parts.isEmpty() ? "" : "?" + String.join("&", parts);
    }

    private boolean is(String flag) {
        @Nullable Boolean value = spec.findOption(flag).getValue();
        return value != null && value;
    }

    private Optional<String> given(String option) {
        @Nullable String value = spec.findOption(option).getValue();
        return Optional.ofNullable(value);
    }
}
