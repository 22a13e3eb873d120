package dev.tollgate.cli;

import dev.tollgate.sidecar.CommandSettings;
import dev.tollgate.sidecar.Slices;
import dev.tollgate.sidecar.TollgateConfig;
import dev.tollgate.simulator.Simulator;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code tollgate demo}: simulator, in-memory ledger, two tenants with small budgets, all in this process. */
final class DemoCommand implements Callable<Integer> {

    private static final int PACE_MILLIS = 15;

    static final String DESCRIPTION = "Shows it all in one process: no AWS account, no Redis, no Docker.";

    @Override
    public Integer call() throws Exception {
        int simulator = new Simulator(Vertx.vertx(), Optional.empty(), PACE_MILLIS)
                .start(0)
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        CommandSettings.byDefault(Map.of(
                "tollgate.upstream.endpoint", "http://127.0.0.1:" + simulator,
                "tollgate.upstream.bearer-token", "demo",
                "tollgate.ledger", "memory",
                "tollgate.policy.file", policy().toString(),
                "tollgate.identity.tenant", "acme",
                "tollgate.identity.application", "demo",
                "tollgate.identity.trust", "request",
                "tollgate.identity.tenants", "acme,globex"));
        return ServeCommand.start(text());
    }

    private static Path policy() {
        try (InputStream in = DemoCommand.class.getResourceAsStream("demo-policy.yaml")) {
            if (in == null) {
                throw new IllegalStateException("expected the resource dev/tollgate/cli/demo-policy.yaml");
            }
            Path file = Files.createTempFile("tollgate-demo", ".yaml");
            file.toFile().deleteOnExit();
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text() {
        TollgateConfig root = Slices.read().root();
        String port = String.valueOf(root.port());
        String management = String.valueOf(root.managementPort());
        return """

                Tollgate demo. Tenant acme may spend 0.02 USD today, globex 0.01. Call it, a few times:

                  curl -i localhost:PORT/model/sonnet/converse -H 'Content-Type: application/json' \\
                    -d '{"messages":[{"role":"user","content":[{"text":"Hello"}]}],"inferenceConfig":{"maxTokens":500}}'

                The fourth call is denied. As the other tenant: add -H 'X-Tollgate-Tenant: globex'.

                  Python    boto3.client("bedrock-runtime", region_name="us-east-1", endpoint_url="http://localhost:PORT",
                              aws_access_key_id="x", aws_secret_access_key="x").converse(modelId="nova-lite",
                              messages=[{"role": "user", "content": [{"text": "Hello"}]}])
                  Java      BedrockRuntimeClient.builder().endpointOverride(URI.create("http://localhost:PORT"))
                  any SDK   AWS_ENDPOINT_URL_BEDROCK_RUNTIME=http://localhost:PORT

                What is spent now:  curl localhost:MANAGEMENT/tollgate/v1/limits
                Metrics:            curl localhost:MANAGEMENT/q/metrics
                """.replace("PORT", port).replace("MANAGEMENT", management);
    }
}
