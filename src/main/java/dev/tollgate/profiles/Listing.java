package dev.tollgate.profiles;

import dev.tollgate.policy.DeclaredProfile;
import dev.tollgate.policy.Policy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The profiles of an account in a region, for people: what each runs, whose it is, its tags, its ARN. */
public final class Listing {

    private Listing() {}

    /** A few lines for each profile, by name. */
    public static List<String> of(ControlPlane controlPlane, Policy policy) throws IOException {
        Set<String> declared =
                policy.declaredProfiles().stream().map(DeclaredProfile::name).collect(Collectors.toSet());
        List<Profile> profiles = new ArrayList<>(controlPlane.applications());
        profiles.sort(Comparator.comparing(Profile::name).thenComparing(Profile::arn));
        List<String> lines = new ArrayList<>();
        for (Profile profile : profiles) {
            lines.add("  " + profile.name() + "  " + profile.model().orElse("?")
                    + (profile.global() ? " (global), " : ", ")
                    + profile.status() + (declared.contains(profile.name()) ? ", declared" : ", not declared")
                    + (profile.own() ? "" : ", not made by Tollgate"));
            lines.add("    " + profile.arn());
            lines.add("    tags " + PlanText.tags(controlPlane.tags(profile.arn())));
        }
        lines.add(profiles.size() + (profiles.size() == 1 ? " profile" : " profiles"));
        return lines;
    }
}
