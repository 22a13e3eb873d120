package dev.tollgate.cli;

import dev.tollgate.policy.PolicyReader;
import dev.tollgate.policy.PolicyTable;
import dev.tollgate.sidecar.CommandSettings;
import dev.tollgate.sidecar.StartCheck;
import dev.tollgate.simulator.Simulator;
import io.smallrye.config.SmallRyeConfig;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code tollgate demo}: simulator, in-memory ledger, two tenants with small budgets, all in this process. */
final class DemoCommand implements Callable<Integer> {

    private static final int PACE_MILLIS = 15;
    private static final Map<String, String> PORTS =
            Map.of("--port", "tollgate.port", "--management-port", "tollgate.management-port");

    private final CommandSpec spec =
            Main.command(this, "Shows it all in one process: no AWS account, no Redis, no Docker.");

    CommandSpec spec() {
        return spec.addOption(port("--port", "Port to call, default 8787."))
                .addOption(port("--management-port", "Port of limits and metrics, default 9000."));
    }

    private static OptionSpec port(String name, String description) {
        return OptionSpec.builder(name)
                .paramLabel("PORT")
                .type(String.class)
                .description(description)
                .build();
    }

    @Override
    public Integer call() throws Exception {
        Path folder = Files.createTempDirectory("tollgate-demo");
        String policy = policy();
        int simulator = new Simulator(Vertx.vertx(), (request, body) -> Optional.empty(), PACE_MILLIS)
                .start(0)
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        CommandSettings.give(ports());
        CommandSettings.byDefault(Map.of(
                "tollgate.upstream.endpoint", "http://127.0.0.1:" + simulator,
                "tollgate.upstream.bearer-token", "demo",
                "tollgate.ledger", "memory",
                "tollgate.policy.file",
                        Files.writeString(folder.resolve("policy.yaml"), policy).toString(),
                "tollgate.identity.tenant", "acme",
                "tollgate.identity.application", "demo",
                "tollgate.identity.trust", "request",
                "tollgate.identity.tenants", "acme,globex",
                // Records on the terminal would scroll the instructions away.
                "tollgate.usage.stdout", "false",
                "tollgate.usage.file", folder.resolve("usage.jsonl").toString()));
        return ServeCommand.start(Terminal.render(text(), Terminal.hasColours(System.getenv())));
    }

    private Map<String, String> ports() {
        Map<String, String> ports = new HashMap<>();
        PORTS.forEach((option, setting) -> {
            @Nullable String value = spec.findOption(option).getValue();
            if (value != null) {
                ports.put(setting, value);
            }
        });
        return ports;
    }

    private static String policy() throws IOException {
        try (InputStream in = DemoCommand.class.getResourceAsStream("demo-policy.yaml")) {
            if (in == null) {
                throw new IllegalStateException("expected the resource dev/tollgate/cli/demo-policy.yaml");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String text() throws IOException {
        SmallRyeConfig config = StartCheck.values();
        String file = config.getValue("tollgate.policy.file", String.class);
        return """

                **Tollgate demo.** You are tenant acme, who may spend 0.02 USD today. Call it a few times:

                  `curl -i localhost:PORT/model/sonnet/converse -H 'Content-Type: application/json' \\
                    -d '{"messages":[{"role":"user","content":[{"text":"Hello"}]}]}'`

                The fourth call is denied. Tenant globex has 0.01 USD: add `-H 'X-Tollgate-Tenant: globex'`.

                  Python    boto3.client("bedrock-runtime", region_name="us-east-1", endpoint_url="http://localhost:PORT",
                              aws_access_key_id="x", aws_secret_access_key="x").converse(modelId="nova-lite",
                              messages=[{"role": "user", "content": [{"text": "Hello"}]}])
                  Java      BedrockRuntimeClient.builder().endpointOverride(URI.create("http://localhost:PORT"))
                  any SDK   AWS_ENDPOINT_URL_BEDROCK_RUNTIME=http://localhost:PORT

                **The policy in force**, edit it to change it: FILE

                LIMITS
                What is spent now:  http://localhost:MANAGEMENT/tollgate/
                Metrics:            `curl localhost:MANAGEMENT/q/metrics`
                Usage records:      USAGE
                """.replace(
                        "LIMITS", indented(PolicyTable.limits(PolicyReader.read(Files.readString(Path.of(file)), 0))))
                .replace("FILE", file)
                .replace("USAGE", config.getValue("tollgate.usage.file", String.class))
                .replace("MANAGEMENT", config.getValue("tollgate.management-port", String.class))
                .replace("PORT", config.getValue("tollgate.port", String.class));
    }

    private static String indented(String table) {
        return table.lines().map(line -> "  " + line + "\n").reduce("", String::concat);
    }
}
