package dev.tollgate.cli;

import dev.tollgate.ledger.LedgerConfig;
import dev.tollgate.ledger.SettleReply;
import dev.tollgate.policy.Policy;
import dev.tollgate.report.Inputs;
import dev.tollgate.report.RecordedBudgets;
import dev.tollgate.sidecar.CommandLedger;
import dev.tollgate.sidecar.Slices;
import dev.tollgate.sidecar.StartCheck;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code tollgate budgets show | restore --policy FILE PATH...}: what records say was used, beside the ledger. */
final class BudgetsCommand implements Callable<Integer> {

    private static final int UNREADABLE = 3;
    private static final int TIMEOUT_SECONDS = 30;

    private final boolean restores;
    private final CommandSpec spec;

    private BudgetsCommand(boolean restores, String description) {
        this.restores = restores;
        this.spec = Main.command(this, description);
    }

    static CommandSpec spec() {
        CommandSpec budgets = Main.command(
                () -> {
                    System.err.println("expected tollgate budgets show | restore --policy FILE PATH... or"
                            + " tollgate budgets raise LIMIT --usd AMOUNT --until TIME");
                    return 2;
                },
                "What was used of the budgets, by records and by the ledger; raises one for some time.");
        budgets.addSubcommand("show", new BudgetsCommand(false, "Shows both; changes nothing.").options());
        budgets.addSubcommand(
                "restore",
                new BudgetsCommand(true, "Charges what records know and a ledger that lost its data does not.")
                        .options());
        budgets.addSubcommand("raise", new RaiseCommand().spec());
        return budgets;
    }

    private CommandSpec options() {
        ReportOptions.addPaths(spec);
        ReportOptions.addReading(spec);
        if (restores) {
            spec.addOption(OptionSpec.builder("--apply")
                    .description("Charges it; without this, restore only shows what it would charge.")
                    .build());
        }
        return spec;
    }

    @Override
    public Integer call() throws InterruptedException {
        ReportOptions options = ReportOptions.of(spec);
        if (options.text("--policy").isEmpty()) {
            throw options.wrong("--policy", "the policy file that the sidecars use", "none");
        }
        List<String> problems = StartCheck.each(StartCheck.values());
        problems.forEach(System.err::println);
        if (!problems.isEmpty()) {
            return 1;
        }
        Policy policy = options.policy();
        Slices slices = Slices.read();
        if (slices.ledger().kind() == LedgerConfig.Kind.MEMORY) {
            System.err.println(
                    "expected a ledger in Redis, found tollgate.ledger=memory, which only its own process can read");
            return 1;
        }
        Vertx vertx = Vertx.vertx();
        try {
            RecordedBudgets budgets = new RecordedBudgets(policy, Instant.now());
            long unreadable = budgets.read(
                    Inputs.find(options.paths(), Stores.s3()), options.prices(), options.renamed(), Screen.progress());
            CommandLedger ledger = CommandLedger.of(vertx, slices);
            get(ledger.started());
            for (RecordedBudgets.Compared one : get(budgets.compare(ledger.ledger()))) {
                show(one, ledger);
            }
            ledger.connection().close();
            ReportOptions.unreadable(unreadable).ifPresent(System.err::println);
            return unreadable > 0 ? UNREADABLE : 0;
        } catch (IOException e) {
            System.err.println(e.getMessage());
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            System.err.println("expected the ledger in Redis to reply: " + Cause.of(e));
        } finally {
            vertx.close();
        }
        return 1;
    }

    private void show(RecordedBudgets.Compared one, CommandLedger ledger) throws Exception {
        String name = one.limit() + (one.budget().shared() ? "" : " of " + one.tenant()) + " ("
                + one.budget().field() + ")";
        System.out.println(name + ": recorded " + one.recorded() + ", ledger " + one.used() + " used and " + one.held()
                + " held, limit " + one.budget().limit());
        if (restores && one.missing() > 0) {
            boolean apply = spec.findOption("--apply").getValue() != null
                    && (Boolean) spec.findOption("--apply").getValue();
            if (apply && get(RecordedBudgets.restore(ledger.ledger(), one)) == SettleReply.ALREADY) {
                System.out.println("  charged already, by another run");
            } else {
                System.out.println((apply ? "  charged " : "  would charge ") + one.missing());
            }
        }
    }

    private static <T> T get(Future<T> future) throws InterruptedException, ExecutionException, TimeoutException {
        return future.toCompletionStage().toCompletableFuture().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }
}
