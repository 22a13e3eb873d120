package dev.tollgate.bedrock;

import java.util.List;
import java.util.Optional;

/**
 * Which inference profile a built-in name is called through.
 *
 * @param choice {@code auto}, {@code none} or one of {@link #PREFIXES}
 * @param region that calls go to; empty if it is not known
 */
public record ProfilePrefix(String choice, Optional<String> region) {

    public static final String AUTO = "auto";
    public static final String NONE = "none";

    /** Prefixes of geographic and global inference profiles. */
    public static final List<String> PREFIXES =
            List.of("us", "us-gov", "eu", "apac", "jp", "au", "ca", "in", "sa", "global");

    /**
     * The identifier to send for a model.
     *
     * @param id bare
     * @param regions that take the bare id; {@code *} for all
     * @param profiles prefixes that the model has
     */
    String apply(String id, List<String> regions, List<String> profiles) {
        if (choice.equals(AUTO)) {
            boolean bare =
                    regions.contains("*") || region.map(regions::contains).orElse(false);
            return bare
                    ? id
                    : candidates().stream()
                            .filter(profiles::contains)
                            .findFirst()
                            .map(prefix -> prefix + '.' + id)
                            .orElse(id);
        }
        return profiles.contains(choice) ? choice + '.' + id : id;
    }

    /** The nearest geography first. */
    private List<String> candidates() {
        String place = region.orElse("");
        if (place.isEmpty()) {
            return List.of();
        }
        if (place.startsWith("us-gov-")) {
            return List.of("us-gov");
        }
        return switch (place) {
            case "ap-northeast-1", "ap-northeast-3" -> List.of("jp", "apac", "global");
            case "ap-southeast-2", "ap-southeast-4", "ap-southeast-6" -> List.of("au", "apac", "global");
            case "ap-south-1", "ap-south-2" -> List.of("in", "apac", "global");
            default ->
                switch (place.substring(0, Math.max(0, place.indexOf('-')))) {
                    case "us" -> List.of("us", "global");
                    case "ca" -> List.of("ca", "us", "global");
                    case "eu" -> List.of("eu", "global");
                    case "ap" -> List.of("apac", "global");
                    case "sa" -> List.of("sa", "global");
                    default -> List.of("global");
                };
        };
    }
}
