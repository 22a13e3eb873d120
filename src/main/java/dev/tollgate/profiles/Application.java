package dev.tollgate.profiles;

import dev.tollgate.policy.DeclaredProfile;
import dev.tollgate.upstream.AwsService;
import dev.tollgate.upstream.AwsServiceException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/** Carries out a plan, profile by profile. What one profile's refusal leaves undone does not stop the others. */
public final class Application {

    private static final int MAX_CONFLICTS = 6;

    private final ControlPlane controlPlane;
    private final Choices choices;
    private final Consumer<String> report;
    private final Map<String, String> aliases = new LinkedHashMap<>();
    private final Set<String> deleted = new HashSet<>();
    private int undone;

    /**
     * What is done only if it is asked for.
     *
     * @param prune deletes undeclared profiles that Tollgate made
     * @param pruneAll deletes undeclared profiles that others made too
     * @param replace deletes and creates profiles that run another model
     * @param patience longest wait until a profile can be called
     */
    public record Choices(boolean prune, boolean pruneAll, boolean replace, Duration patience) {}

    /**
     * What is there now.
     *
     * @param aliases ARN of each declared profile that can be called, by its name, in the order of the file
     * @param undone differences that remain, but for undeclared profiles
     * @param deleted ARNs that no longer exist
     */
    public record Outcome(Map<String, String> aliases, int undone, Set<String> deleted) {}

    private Application(ControlPlane controlPlane, Choices choices, Consumer<String> report) {
        this.controlPlane = controlPlane;
        this.choices = choices;
        this.report = report;
    }

    /**
     * Carries out a plan.
     *
     * @param report receives a line for each thing that was done or could not be
     * @throws IOException if nothing more can be done: AWS cannot be reached, or allows too little; what was done stays
     */
    public static Outcome of(Plan plan, ControlPlane controlPlane, Choices choices, Consumer<String> report)
            throws IOException {
        Application application = new Application(controlPlane, choices, report);
        for (Step step : plan.steps()) {
            try {
                application.carryOut(step);
            } catch (AwsServiceException e) {
                application.left(step.name(), (e.type().isEmpty() ? "" : e.type() + ": ") + e.getMessage());
            }
        }
        return new Outcome(application.aliases, application.undone, application.deleted);
    }

    private void left(String name, String why) {
        undone++;
        report.accept("not done: " + name + ": " + why);
    }

    private void carryOut(Step step) throws IOException {
        switch (step.kind()) {
            case SAME -> ready(step.name(), step.profile().arn(), step.profile().active());
            case CREATE -> create(step);
            case TAGS -> {
                retag(step);
                ready(step.name(), step.profile().arn(), step.profile().active());
            }
            case MODEL -> {
                if (choices.replace) {
                    delete(step.name(), step.profile().arn());
                    create(step);
                } else {
                    left(step.name(), "it runs another model; --replace deletes it and creates it anew");
                }
            }
            case TWICE -> left(step.name(), step.found().size() + " profiles have this name; delete all but one");
            case UNDECLARED -> {
                if (choices.pruneAll || choices.prune && step.profile().own()) {
                    delete(step.name(), step.profile().arn());
                }
            }
        }
    }

    private void create(Step step) throws IOException {
        DeclaredProfile declared = step.declared().orElseThrow();
        Source source = step.source().orElseThrow();
        String token = UUID.randomUUID().toString();
        for (int attempt = 1; ; attempt++) {
            try {
                String arn =
                        controlPlane.create(declared.name(), Profile.DESCRIPTION, source.arn(), declared.tags(), token);
                report.accept("created " + declared.name() + " " + arn);
                ready(declared.name(), arn, false);
                return;
            } catch (AwsServiceException e) {
                if (!e.is("ConflictException") || attempt == MAX_CONFLICTS) {
                    throw e;
                }
            }
            // Somebody else created it meanwhile, or something about it is under way.
            List<Profile> named = controlPlane.applications().stream()
                    .filter(profile -> profile.name().equals(declared.name()))
                    .toList();
            if (!named.isEmpty() && !choices.replace) {
                carryOut(Plan.step(declared, source, named, controlPlane));
                return;
            }
            AwsService.pause(attempt + 1);
        }
    }

    private void retag(Step step) throws IOException {
        Map<String, String> set = step.toSet();
        List<String> remove = step.toRemove();
        String arn = step.profile().arn();
        // Removed first: a profile has room for 50.
        if (!remove.isEmpty()) {
            controlPlane.untag(arn, remove);
        }
        if (!set.isEmpty()) {
            controlPlane.tag(arn, set);
        }
        report.accept("tagged " + step.name() + " "
                + PlanText.tags(step.declared().orElseThrow().tags()));
    }

    private void delete(String name, String arn) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                controlPlane.delete(arn);
                deleted.add(arn);
                report.accept("deleted " + name + " " + arn);
                return;
            } catch (AwsServiceException e) {
                if (!e.is("ConflictException") || attempt == MAX_CONFLICTS) {
                    throw e;
                }
            }
            AwsService.pause(attempt + 1);
        }
    }

    /** Waits until it can be called. */
    private void ready(String name, String arn, boolean active) throws IOException {
        long end = System.nanoTime() + choices.patience.toNanos();
        boolean ready = active;
        String status = "unknown to the control plane";
        for (int attempt = 1; !ready; attempt++) {
            Optional<Profile> now = controlPlane.get(arn);
            ready = now.map(Profile::active).orElse(false);
            status = now.map(Profile::status).orElse(status);
            if (!ready && System.nanoTime() >= end) {
                left(name, "still " + status + " after " + choices.patience.toSeconds() + " s");
                return;
            }
            if (!ready) {
                AwsService.pause(Math.min(attempt, 4));
            }
        }
        aliases.put(name, arn);
    }
}
