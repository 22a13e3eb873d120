package dev.tollgate.cli;

import io.quarkus.runtime.annotations.QuarkusMain;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** {@code tollgate [serve | demo | check | doctor]}. Commands are put together without reflection, for the executable. */
@QuarkusMain
public final class Main {

    private Main() {}

    public static void main(String... args) {
        int exit = commands().execute(args);
        if (exit != 0) {
            System.exit(exit);
        }
    }

    static CommandLine commands() {
        CommandSpec root = CommandSpec.wrapWithoutInspection(new ServeCommand()).name("tollgate");
        root.usageMessage().description("Keeps every tenant's Amazon Bedrock calls within token and money limits.");
        root.mixinStandardHelpOptions(true).version(version());
        root.addSubcommand("serve", ServeCommand.spec());
        root.addSubcommand("demo", DemoCommand.spec());
        root.addSubcommand("check", CheckCommand.spec());
        root.addSubcommand("doctor", DoctorCommand.spec());
        return new CommandLine(root).setCaseInsensitiveEnumValuesAllowed(true);
    }

    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return "tollgate " + (version == null ? "development" : version);
    }
}
