package dev.tollgate.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code tollgate completion bash|zsh}: a script that completes commands and options. */
final class CompletionCommand implements Callable<Integer> {

    private static final List<String> SHELLS = List.of("bash", "zsh");

    private final CommandSpec spec =
            Main.command(this, "Prints completions for a shell: source <(tollgate completion bash)");

    CommandSpec spec() {
        return spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("SHELL")
                .type(String.class)
                .required(true)
                .completionCandidates(SHELLS)
                .description("bash or zsh")
                .build());
    }

    @Override
    public Integer call() {
        String shell = spec.positionalParameters().get(0).getValue();
        if (!SHELLS.contains(shell)) {
            System.err.println("expected bash or zsh, found \"" + shell + '"');
            return CommandLine.ExitCode.USAGE;
        }
        // The script knows both shells.
        System.out.print(AutoComplete.bash("tollgate", Main.commands()));
        return 0;
    }
}
