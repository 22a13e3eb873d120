package dev.tollgate.cli;

import dev.tollgate.policy.Policy;
import dev.tollgate.policy.PolicyException;
import dev.tollgate.policy.PolicyReader;
import dev.tollgate.policy.PolicyTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code tollgate check policy.yaml}: what a policy file says, or every mistake in it. */
final class CheckCommand implements Callable<Integer> {

    private final CommandSpec spec =
            Main.command(this, "Explains a policy file; exit 1 and every mistake where it has any.");

    CommandSpec spec() {
        return spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("policy.yaml")
                .type(Path.class)
                .required(true)
                .build());
    }

    @Override
    public Integer call() {
        Path file = spec.positionalParameters().get(0).getValue();
        try {
            Policy policy = PolicyReader.read(Files.readString(file), 0);
            System.out.print(PolicyTable.of(policy));
            return 0;
        } catch (IOException e) {
            System.err.println("expected a policy file at " + file + ", found none that can be read");
        } catch (PolicyException e) {
            int count = e.problems().size();
            System.err.println(file + " has " + count + (count == 1 ? " mistake:" : " mistakes:"));
            System.err.println(e.getMessage());
        }
        return 1;
    }
}
