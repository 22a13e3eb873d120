package dev.tollgate.profiles;

import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelNames;
import dev.tollgate.policy.Policy;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds what to create a profile from in one region: an ARN stays, an alias or a built-in name becomes an id, and an id the
 * ARN of a model, or of AWS's own profile if it names a geography.
 */
public final class Sources {

    private final Account account;
    private final String region;
    private final Policy policy;
    private final ModelNames builtIn;
    private @Nullable String number;

    /** The account's number; asked for once, when an ARN needs it. */
    @FunctionalInterface
    public interface Account {
        String number() throws IOException;
    }

    public Sources(Account account, String region, Policy policy, ModelNames builtIn) {
        this.account = account;
        this.region = region;
        this.policy = policy;
        this.builtIn = builtIn;
    }

    /** @throws IOException saying what was expected, or if the account's number cannot be had */
    Source of(String profile, String declared) throws IOException {
        String model = policy.aliases().getOrDefault(declared, declared);
        if (model.startsWith("arn:")) {
            return new Source(checked(profile, model), Optional.empty());
        }
        Optional<String> id = builtIn.id(model);
        if (id.isPresent()) {
            return new Source(arn(ModelId.parse(id.get())), Optional.of(model));
        }
        if (!builtIn.namesProvider(model)) {
            List<String> near = ModelNames.near(model, builtIn.all().keySet());
            throw new IOException("profile " + profile + ": expected a model by an alias, a name that tollgate models"
                    + " lists, an id or an ARN, found \"" + declared + '"'
                    + (near.isEmpty() ? "" : "; did you mean " + String.join(", ", near) + "?"));
        }
        return new Source(arn(ModelId.parse(model)), Optional.empty());
    }

    private String checked(String profile, String arn) throws IOException {
        String[] parts = arn.split(":", 6);
        boolean here = parts.length == 6 && (parts[3].isEmpty() || parts[3].equals(region));
        boolean copied =
                here && (parts[5].startsWith("foundation-model/") || parts[5].startsWith("inference-profile/"));
        if (!copied) {
            throw new IOException("profile " + profile + ": expected the ARN of a model, or of a profile of AWS's, in "
                    + region + ", found " + arn);
        }
        return arn;
    }

    private String arn(ModelId id) throws IOException {
        String service = "arn:" + partition() + ":bedrock:" + region + ":";
        return id.scope().isEmpty()
                ? service + ":foundation-model/" + id.id()
                : service + number() + ":inference-profile/" + id.id();
    }

    private String number() throws IOException {
        String known = number;
        if (known == null) {
            known = account.number();
            number = known;
        }
        return known;
    }

    private String partition() {
        return region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
    }
}
