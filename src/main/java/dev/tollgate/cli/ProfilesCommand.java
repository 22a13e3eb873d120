package dev.tollgate.cli;

import dev.tollgate.policy.AliasWriter;
import dev.tollgate.policy.Policy;
import dev.tollgate.policy.PolicyException;
import dev.tollgate.profiles.Application;
import dev.tollgate.profiles.Plan;
import dev.tollgate.profiles.PlanText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code tollgate profiles plan | apply | list | check}: the application inference profiles that the policy declares. */
final class ProfilesCommand implements Callable<Integer> {

    private static final int USAGE = 2;
    private static final int DRIFT = 4;

    private enum What {
        PLAN,
        APPLY,
        LIST,
        CHECK
    }

    private final What what;
    private final ProfilesOptions options;

    private ProfilesCommand(What what, String description) {
        this.what = what;
        this.options = new ProfilesOptions(Main.command(this, description));
    }

    static CommandSpec spec() {
        CommandSpec profiles = Main.command(
                () -> {
                    System.err.println("expected tollgate profiles plan | apply | list | check");
                    return USAGE;
                },
                "Application inference profiles, so that AWS's bill knows whose calls are whose.");
        profiles.addSubcommand(
                "plan",
                new ProfilesCommand(What.PLAN, "Shows what apply would do; changes nothing.").options.addCommon());
        profiles.addSubcommand(
                "apply",
                ProfilesOptions.addApply(new ProfilesCommand(
                                What.APPLY,
                                "Creates and tags the profiles that the policy declares, and waits until they can be called.")
                        .options.addCommon()));
        profiles.addSubcommand(
                "list",
                new ProfilesCommand(What.LIST, "Lists the account's profiles in this region, with tags.")
                        .options.addCommon());
        profiles.addSubcommand(
                "check",
                new ProfilesCommand(What.CHECK, "Shows what differs from the policy; exit 4 if anything does.")
                        .options.addCommon());
        return profiles;
    }

    @Override
    public Integer call() {
        Optional<Integer> unusable = options.problem();
        if (unusable.isPresent()) {
            return unusable.get();
        }
        try {
            ProfilesContext context = options.context();
            int exit = what == What.LIST ? list(context) : compare(context);
            if (options.costExplorer()) {
                context.showCosts(options.since(), options.until());
            }
            return exit;
        } catch (PolicyException e) {
            System.err.println(e.getMessage());
        } catch (IOException e) {
            System.err.println(ProfilesContext.why(e));
        }
        return 1;
    }

    private int compare(ProfilesContext context) throws IOException {
        if (context.file().isEmpty()) {
            System.err.println("expected a policy file in --policy or tollgate.policy.file, found none");
            return USAGE;
        }
        Application.Choices choices = options.choices();
        if (what == What.APPLY
                && choices.prune()
                && !choices.pruneAll()
                && context.policy().declaredProfiles().isEmpty()) {
            throw new IOException(
                    "expected a profile declared in " + context.file().get() + ", found none: --prune would"
                            + " delete every profile that Tollgate made; --prune=all deletes all there are");
        }
        if (what == What.APPLY && options.writes().isPresent()) {
            refuseOtherAliases(context.policy());
        }
        Plan plan = context.plan(options.ownOnly());
        System.out.println(context.headline());
        PlanText.of(plan).forEach(System.out::println);
        int exit = what == What.APPLY ? apply(context, plan) : what == What.CHECK && !plan.same() ? DRIFT : 0;
        if (!plan.tagKeys().isEmpty() && !options.activates()) {
            System.out.println("Cost allocation tags: " + String.join(", ", plan.tagKeys())
                    + " (apply --activate activates them; --cost-explorer shows what was billed)");
        }
        return exit;
    }

    /** Before anything is created: a name that means something else is not taken over. */
    private static void refuseOtherAliases(Policy policy) throws IOException {
        for (var profile : policy.declaredProfiles()) {
            String alias = policy.aliases().getOrDefault(profile.name(), "");
            if (!alias.isEmpty() && !alias.contains(":application-inference-profile/")) {
                throw new IOException("expected alias " + profile.name()
                        + " to be free for the profile of this name, found \"" + alias + '"');
            }
        }
    }

    private int apply(ProfilesContext context, Plan plan) throws IOException {
        Application.Outcome outcome =
                Application.of(plan, context.controlPlane(), options.choices(), System.out::println);
        int failed = outcome.undone();
        if (options.writes().isPresent()) {
            write(options.writes().get(), context, outcome.aliases());
        } else if (!outcome.aliases().isEmpty()) {
            System.out.print(AliasWriter.file(outcome.aliases()));
        }
        Map<String, String> written = outcome.aliases();
        context.policy().aliases().forEach((alias, value) -> {
            if (outcome.deleted().contains(value) && !written.containsKey(alias)) {
                System.out.println("alias " + alias + " still names a deleted profile: remove it from "
                        + context.file().orElseThrow());
            }
        });
        if (options.activates()) {
            failed += context.activate(plan.tagKeys());
        }
        return failed > 0 ? 1 : 0;
    }

    /** @param file empty for the policy file itself */
    private static void write(String file, ProfilesContext context, Map<String, String> aliases) throws IOException {
        Path path = file.isEmpty() ? context.file().orElseThrow() : Path.of(file);
        if (!file.isEmpty() && !Files.exists(path)) {
            Files.writeString(path, AliasWriter.file(aliases));
            System.out.println("wrote " + aliases.size() + " aliases to " + path);
            return;
        }
        PolicyFile policy = PolicyFile.read(path);
        if (!policy.editable()) {
            System.out.print(AliasWriter.file(aliases));
            throw new IOException("expected " + path + " to be a file that can be written, found that it is not"
                    + " (a ConfigMap's?); the aliases are above");
        }
        try {
            String changed = AliasWriter.with(policy.text(), aliases);
            if (changed.equals(policy.text())) {
                System.out.println(path + " has these aliases already");
            } else {
                policy.write(changed);
                System.out.println("wrote " + aliases.size() + " aliases to " + path);
            }
        } catch (IllegalArgumentException e) {
            System.out.print(AliasWriter.file(aliases));
            throw new IOException(path + ": " + e.getMessage() + "; the aliases are above", e);
        }
    }

    private int list(ProfilesContext context) throws IOException {
        System.out.println(context.headline());
        context.profiles().forEach(System.out::println);
        return 0;
    }
}
