package dev.tollgate.cli;

import dev.tollgate.pricing.PriceBook;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The {@code tollgate} command. Commands are put together without reflection, for the executable. */
@QuarkusMain
public final class Main {

    Main() {}

    public static void main(String... args) {
        // Not only for failures: a command's Vert.x keeps the process alive.
        System.exit(commands().execute(args));
    }

    static CommandLine commands() {
        CommandSpec root =
                command(new ServeCommand(), "Keeps every tenant's Amazon Bedrock calls within token and money limits.");
        root.name("tollgate").versionProvider(Main::version);
        root.addOption(OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Prints version, prices, and what it runs on.")
                .build());
        root.addSubcommand("serve", command(new ServeCommand(), ServeCommand.DESCRIPTION));
        root.addSubcommand("demo", new DemoCommand().spec());
        root.addSubcommand("check", new CheckCommand().spec());
        root.addSubcommand("inject", new InjectCommand(false).spec());
        root.addSubcommand("uninject", new InjectCommand(true).spec());
        root.addSubcommand("models", new ModelsCommand().spec());
        root.addSubcommand("report", ReportCommand.spec());
        root.addSubcommand("etl", new EtlCommand().spec());
        root.addSubcommand("reconcile", new ReconcileCommand().spec());
        root.addSubcommand("replay", new ReplayCommand().spec());
        root.addSubcommand("budgets", BudgetsCommand.spec());
        root.addSubcommand("profiles", ProfilesCommand.spec());
        root.addSubcommand("status", new StatusCommand().spec());
        root.addSubcommand("doctor", new DoctorCommand().spec());
        root.addSubcommand("completion", new CompletionCommand().spec());
        return new CommandLine(root);
    }

    /** A command with {@code --help}; picocli's own mixin of it would need reflection. */
    static CommandSpec command(Callable<Integer> action, String description) {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(action);
        spec.usageMessage().description(description);
        return spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Shows this help.")
                .build());
    }

    /** The version alone. */
    static String number() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    private static String[] version() {
        boolean executable = System.getProperty("org.graalvm.nativeimage.imagecode") != null;
        return new String[] {
            "tollgate " + number(),
            "prices " + PriceBook.bundled().version(),
            executable ? "native executable" : "Java " + Runtime.version(),
        };
    }
}
