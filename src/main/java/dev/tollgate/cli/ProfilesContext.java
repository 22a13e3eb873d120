package dev.tollgate.cli;

import dev.tollgate.bedrock.ModelNames;
import dev.tollgate.policy.Policy;
import dev.tollgate.policy.PolicyReader;
import dev.tollgate.profiles.ControlPlane;
import dev.tollgate.profiles.CostExplorer;
import dev.tollgate.profiles.Listing;
import dev.tollgate.profiles.Plan;
import dev.tollgate.profiles.Sources;
import dev.tollgate.sidecar.Slices;
import dev.tollgate.upstream.AwsService;
import dev.tollgate.upstream.AwsServiceException;
import dev.tollgate.upstream.CallerIdentity;
import dev.tollgate.upstream.CallerIdentity.CredentialsMissingException;
import dev.tollgate.upstream.CallerIdentity.CredentialsRejectedException;
import dev.tollgate.upstream.Endpoint;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a command on profiles works with: the policy, and AWS's services at the endpoints where AWS's own tools would look.
 *
 * @param file of the policy; empty without one
 */
record ProfilesContext(
        String region,
        Optional<Path> file,
        Policy policy,
        ControlPlane controlPlane,
        Sources sources,
        CostExplorer costs,
        String host) {

    static ProfilesContext of(Slices slices, String region, Optional<Path> file) throws IOException {
        Policy policy = file.isPresent() ? read(file.get()) : Policy.NONE;
        ModelNames names = slices.modelNames(slices.prices(), Optional.of(region));
        AwsService bedrock = new AwsService(
                "bedrock",
                slices.given("AWS_ENDPOINT_URL_BEDROCK")
                        .map(URI::create)
                        .or(() -> slices.upstream().controlEndpoint())
                        .or(() -> slices.given("AWS_ENDPOINT_URL").map(URI::create))
                        .orElseGet(() -> Endpoint.ofService("bedrock", region)),
                region,
                slices.upstream().caFile());
        String home = region.startsWith("cn-") ? "cn-northwest-1" : "us-east-1";
        AwsService costs = new AwsService(
                "ce",
                slices.given("AWS_ENDPOINT_URL_COST_EXPLORER")
                        .or(() -> slices.given("AWS_ENDPOINT_URL"))
                        .map(URI::create)
                        .orElseGet(() -> Endpoint.ofService("ce", home)),
                home,
                slices.upstream().caFile());
        CallerIdentity identity = new CallerIdentity(
                slices.given("AWS_ENDPOINT_URL_STS").or(() -> slices.given("AWS_ENDPOINT_URL")),
                region,
                slices.upstream().caFile());
        return new ProfilesContext(
                region,
                file,
                policy,
                new ControlPlane(bedrock),
                new Sources(() -> account(identity), region, policy, names),
                new CostExplorer(costs),
                bedrock.host());
    }

    private static Policy read(Path file) throws IOException {
        try {
            return PolicyReader.read(Files.readString(file), 0);
        } catch (NoSuchFileException e) {
            throw new IOException("expected a policy file at " + file + ", found none", e);
        }
    }

    private static String account(CallerIdentity identity) throws IOException {
        try {
            String[] arn = identity.arn().split(":", 6);
            if (arn.length < 6 || !arn[4].matches("\\d{12}")) {
                throw new IOException("an ARN without an account");
            }
            return arn[4];
        } catch (CredentialsMissingException | CredentialsRejectedException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(
                    "expected the account's number from STS at " + identity.host() + ", found: " + Cause.of(e), e);
        }
    }

    /** What stood in the way, in a sentence. */
    static String why(IOException e) {
        if (e instanceof CredentialsMissingException) {
            return "expected AWS credentials in environment, profile, web identity, container or instance, found none";
        }
        if (e instanceof CredentialsRejectedException) {
            return "expected credentials that STS accepts, found " + e.getMessage();
        }
        if (e instanceof AwsServiceException refused) {
            return "AWS refused: " + refused.type() + ": " + refused.getMessage();
        }
        String message = String.valueOf(e.getMessage());
        return message.contains("expected") ? message : "expected AWS to answer, found: " + Cause.of(e);
    }

    Plan plan(boolean ownOnly) throws IOException {
        return Plan.of(policy.declaredProfiles(), controlPlane, sources, ownOnly);
    }

    String headline() {
        return "Application inference profiles in " + region + " (" + host + ")"
                + file.map(f -> ", declared in " + f + ": "
                                + policy.declaredProfiles().size())
                        .orElse("");
    }

    List<String> profiles() throws IOException {
        return Listing.of(controlPlane, policy);
    }

    /** @return how many tags could not be activated */
    int activate(Set<String> keys) throws IOException {
        Map<String, String> failed = costs.activate(keys);
        keys.stream()
                .filter(key -> !failed.containsKey(key))
                .forEach(key -> System.out.println("activated cost allocation tag " + key));
        failed.forEach((key, why) -> System.out.println("not activated: " + key + ": " + why
                + " (Cost Explorer learns of a tag up to a day after the first profile that has it)"));
        return failed.size();
    }

    /** Each tag's status, and cost by its values. */
    void showCosts(LocalDate since, LocalDate until) throws IOException {
        Set<String> keys = new TreeSet<>();
        policy.declaredProfiles().forEach(profile -> keys.addAll(profile.tags().keySet()));
        if (keys.isEmpty()) {
            System.out.println("Cost Explorer: the policy declares no tags to look for");
            return;
        }
        System.out.println("Cost Explorer, " + since + " to " + until.minusDays(1)
                + ", unblended USD of services with Bedrock in their name");
        Map<String, String> statuses = costs.statuses(keys);
        for (String key : keys) {
            System.out.println("  " + key + " (" + statuses.getOrDefault(key, "not known yet") + ")");
            costs.costs(key, since, until)
                    .forEach((value, usd) -> System.out.printf(
                            "    %-40s %14s%n", value.isEmpty() ? "(no such tag)" : printable(value), rounded(usd)));
        }
    }

    private static String printable(String value) {
        return value.replaceAll("\\p{Cntrl}", "?");
    }

    private static String rounded(BigDecimal usd) {
        return usd.setScale(6, RoundingMode.HALF_UP).toPlainString();
    }
}
