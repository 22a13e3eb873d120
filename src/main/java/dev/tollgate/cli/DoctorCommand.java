package dev.tollgate.cli;

import dev.tollgate.ledger.LedgerConfig;
import dev.tollgate.policy.Policy;
import dev.tollgate.policy.PolicyLint;
import dev.tollgate.policy.PolicyReader;
import dev.tollgate.pricing.PriceBook;
import dev.tollgate.sidecar.Slices;
import dev.tollgate.sidecar.StartCheck;
import io.smallrye.config.SmallRyeConfig;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code tollgate doctor}: examines what {@code serve} would run; a line for each finding, exit 1 if one fails. */
final class DoctorCommand implements Callable<Integer> {

    private final CommandSpec spec = Main.command(
            this, "Examines what serve would use: settings, policy, prices, region, credentials, Redis, clock.");

    CommandSpec spec() {
        return spec.addOption(OptionSpec.builder("--count-tokens")
                .paramLabel("MODEL")
                .type(String.class)
                .description("Also tries one CountTokens call of this model, which is free.")
                .build());
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        Findings findings = new Findings(System.out);
        SmallRyeConfig values = StartCheck.values();
        StartCheck.misspelt(values).forEach(text -> findings.warn("settings", text));
        List<String> problems = StartCheck.settings(values);
        if (!problems.isEmpty()) {
            problems.forEach(problem -> findings.fail("settings", problem));
            return 1;
        }
        examine(Slices.read(), findings);
        return findings.healthy() ? 0 : 1;
    }

    private void examine(Slices slices, Findings findings) throws InterruptedException, IOException {
        files(slices, findings);
        Vertx vertx = Vertx.vertx();
        try {
            UpstreamExamination upstream = new UpstreamExamination(vertx, slices, findings);
            upstream.identity();
            upstream.tenantRole();
            @Nullable String model = spec.findOption("--count-tokens").getValue();
            if (upstream.reach() && model != null) {
                upstream.countTokens(model);
            }
            if (slices.ledger().kind() == LedgerConfig.Kind.MEMORY) {
                findings.warn("redis", "not used: the ledger is in memory, limits hold for each pod alone");
            } else {
                new RedisExamination(vertx, slices, findings).run();
            }
        } finally {
            vertx.close();
        }
    }

    private static void files(Slices slices, Findings findings) throws IOException {
        PriceBook prices = slices.prices();
        findings.ok("prices", prices.modelNames().size() + " models, version " + prices.version());
        if (slices.policy().file().isEmpty()) {
            findings.warn("policy", "none: calls are metered, nothing is limited");
            return;
        }
        Policy policy =
                PolicyReader.read(Files.readString(slices.policy().file().get()), 0);
        findings.ok(
                "policy", slices.policy().file().get() + ", " + policy.limits().size() + " limits");
        PolicyLint.of(policy, new PricedModels(prices, LocalDate.now(Clock.systemUTC())), Instant.now())
                .forEach(warning -> findings.warn("policy", warning));
    }
}
