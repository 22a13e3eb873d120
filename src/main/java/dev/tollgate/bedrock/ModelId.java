package dev.tollgate.bedrock;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A model identifier in any form that Bedrock takes: bare id, geographic profile, or ARN.
 *
 * @param id as it is sent
 * @param scope geographic profile prefix ({@code us}, {@code eu}, {@code global}, ...), empty for a region's own model
 * @param model bare model id to price by; empty if the identifier does not name it (application profile, provisioned
 *     model, imported model, prompt, router)
 */
public record ModelId(String id, String scope, Optional<String> model) {

    private static final List<String> PROVIDERS = List.of(
            "ai21",
            "amazon",
            "anthropic",
            "cohere",
            "deepseek",
            "google",
            "luma",
            "meta",
            "minimax",
            "mistral",
            "moonshot",
            "moonshotai",
            "nvidia",
            "openai",
            "qwen",
            "stability",
            "twelvelabs",
            "writer",
            "xai",
            "zai");
    private static final Set<String> SCOPES =
            Set.of("us", "eu", "apac", "jp", "au", "ca", "us-gov", "global", "in", "sa", "me", "af", "mx", "il", "uk");
    private static final int DATE = 8;

    public static ModelId parse(String id) {
        if (!id.startsWith("arn:")) {
            return bare(id, id);
        }
        String[] parts = id.split(":", 6);
        String resource = parts.length == 6 ? parts[5] : "";
        int slash = resource.indexOf('/');
        String type = slash < 0 ? "" : resource.substring(0, slash);
        return switch (type) {
            case "foundation-model", "inference-profile" -> bare(id, resource.substring(slash + 1));
            default -> new ModelId(id, "", Optional.empty());
        };
    }

    /** The model begins at the first known provider, whatever is before it; AWS adds geographies without notice. */
    private static ModelId bare(String id, String name) {
        int start = 0;
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', start)) {
            if (isProvider(name, start, dot)) {
                return new ModelId(
                        id, start == 0 ? "" : name.substring(0, start - 1), Optional.of(name.substring(start)));
            }
            start = dot + 1;
        }
        int dot = name.indexOf('.');
        String prefix = dot < 0 ? "" : name.substring(0, dot);
        return SCOPES.contains(prefix)
                ? new ModelId(id, prefix, Optional.of(name.substring(dot + 1)))
                : new ModelId(id, "", Optional.of(name));
    }

    private static boolean isProvider(String name, int start, int end) {
        for (String provider : PROVIDERS) {
            if (provider.length() == end - start && name.startsWith(provider, start)) {
                return true;
            }
        }
        return false;
    }

    /** The id that CloudWatch reports under: the last part of an ARN, else the id itself. */
    public String metricId() {
        return id.substring(id.lastIndexOf('/') + 1);
    }

    /** True for an application inference profile, whose model has to be looked up. */
    public boolean applicationProfile() {
        return id.contains(":application-inference-profile/");
    }

    /**
     * Model name without provider, date and version, such as {@code claude-sonnet-4-5} or {@code nova-lite}: what ends it of
     * {@code -20250929}, {@code -v1}, {@code :0} (any number of these) and {@code :48k} is left out. By hand, since it is done
     * on every call and a pattern took a microsecond.
     */
    public static String family(String model) {
        String name = model.substring(model.indexOf('.') + 1);
        int end = colons(name);
        int digits = digitsBefore(name, end);
        if (digits < end && digits >= 2 && name.startsWith("-v", digits - 2)) {
            end = digits - 2;
        }
        if (digitsBefore(name, end) <= end - DATE && end > DATE && name.charAt(end - DATE - 1) == '-') {
            end -= DATE + 1;
        }
        return end == 0 ? name : name.substring(0, end);
    }

    /** Where the parts behind colons begin: numbers, and letters and digits as the last. */
    private static int colons(String name) {
        int end = name.length();
        for (int colon = name.lastIndexOf(':'); colon >= 0; colon = name.lastIndexOf(':', end - 1)) {
            boolean last = end == name.length();
            if (colon + 1 == end || !allOf(name, colon + 1, end, last)) {
                return end;
            }
            end = colon;
        }
        return end;
    }

    private static boolean allOf(String name, int from, int to, boolean letters) {
        for (int i = from; i < to; i++) {
            char c = name.charAt(i);
            if ((c < '0' || c > '9') && !(letters && c >= 'a' && c <= 'z')) {
                return false;
            }
        }
        return true;
    }

    private static int digitsBefore(String name, int end) {
        int at = end;
        while (at > 0 && name.charAt(at - 1) >= '0' && name.charAt(at - 1) <= '9') {
            at--;
        }
        return at;
    }

    /** Provider of a bare model id, such as {@code anthropic}; empty if there is none. */
    public static String provider(String model) {
        int dot = model.indexOf('.');
        return dot < 0 ? "" : model.substring(0, dot);
    }
}
