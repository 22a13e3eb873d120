package dev.tollgate.cli;

import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code tollgate [serve | demo | check | inject | report | doctor]}. Commands are put together without reflection, for the executable. */
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
        root.name("tollgate").version(version());
        root.addOption(OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Prints the version.")
                .build());
        root.addSubcommand("serve", command(new ServeCommand(), ServeCommand.DESCRIPTION));
        root.addSubcommand("demo", command(new DemoCommand(), DemoCommand.DESCRIPTION));
        root.addSubcommand("check", new CheckCommand().spec());
        root.addSubcommand("inject", new InjectCommand().spec());
        root.addSubcommand("report", ReportCommand.spec());
        root.addSubcommand("etl", new EtlCommand().spec());
        root.addSubcommand("reconcile", new ReconcileCommand().spec());
        root.addSubcommand("replay", new ReplayCommand().spec());
        root.addSubcommand("doctor", command(new DoctorCommand(), DoctorCommand.DESCRIPTION));
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

    private static String version() {
        return "tollgate " + number();
    }

    /** The version alone. */
    static String number() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
