package dev.tollgate.profiles;

import dev.tollgate.policy.DeclaredProfile;
import dev.tollgate.profiles.Step.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What differs between the profiles that a policy file declares and those of an account in one region. */
public record Plan(List<Step> steps) {

    public Plan {
        steps = List.copyOf(steps);
    }

    /**
     * Asks the control plane.
     *
     * @param ownOnly true leaves out undeclared profiles that Tollgate did not make
     */
    public static Plan of(List<DeclaredProfile> declared, ControlPlane controlPlane, Sources sources, boolean ownOnly)
            throws IOException {
        // Before AWS is asked: a mistake in the file needs no permission.
        List<Source> wanted = new ArrayList<>();
        for (DeclaredProfile profile : declared) {
            wanted.add(sources.of(profile.name(), profile.model()));
        }
        Map<String, List<Profile>> found =
                controlPlane.applications().stream().collect(Collectors.groupingBy(Profile::name));
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < declared.size(); i++) {
            List<Profile> named = found.getOrDefault(declared.get(i).name(), List.of());
            steps.add(step(declared.get(i), wanted.get(i), named, controlPlane));
        }
        Set<String> names = declared.stream().map(DeclaredProfile::name).collect(Collectors.toSet());
        found.values().stream()
                .flatMap(List::stream)
                .filter(profile -> !names.contains(profile.name()) && (profile.own() || !ownOnly))
                .sorted(Comparator.comparing(Profile::name).thenComparing(Profile::arn))
                .map(profile -> new Step(
                        Kind.UNDECLARED,
                        profile.name(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(profile),
                        Map.of()))
                .forEach(steps::add);
        return new Plan(steps);
    }

    static Step step(DeclaredProfile declared, Source source, List<Profile> named, ControlPlane controlPlane)
            throws IOException {
        Map<String, String> tags =
                named.size() == 1 ? controlPlane.tags(named.get(0).arn()) : Map.of();
        Step same = new Step(Kind.SAME, declared.name(), Optional.of(declared), Optional.of(source), named, tags);
        Kind kind = named.isEmpty()
                ? Kind.CREATE
                : named.size() > 1
                        ? Kind.TWICE
                        : !source.isOf(named.get(0))
                                ? Kind.MODEL
                                : same.toSet().isEmpty() && same.toRemove().isEmpty() ? Kind.SAME : Kind.TAGS;
        return new Step(kind, declared.name(), Optional.of(declared), Optional.of(source), named, tags);
    }

    /** True if nothing differs. */
    public boolean same() {
        return count(Kind.SAME) == steps.size();
    }

    public long count(Kind kind) {
        return steps.stream().filter(step -> step.kind() == kind).count();
    }

    /** Keys of all declared tags: what to activate as cost allocation tags. */
    public Set<String> tagKeys() {
        return steps.stream()
                .flatMap(step -> step.declared().stream())
                .flatMap(profile -> profile.tags().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
