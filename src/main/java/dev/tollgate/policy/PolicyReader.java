package dev.tollgate.policy;

import dev.tollgate.ledger.Bucket;
import dev.tollgate.policy.Limit.OnLedgerFailure;
import dev.tollgate.policy.PolicyException.Problem;
import dev.tollgate.tenant.Caller;
import dev.tollgate.tenant.CallerResolver.TenantFacts;
import java.io.StringReader;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.Node;

/** Reads a policy file; tells every mistake with line, what was expected and what was found. */
public final class PolicyReader {

    private static final Pattern DURATION = Pattern.compile("(\\d+)(ms|s|m|h|d)");
    private static final Pattern LIMIT_NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern REVISION = Pattern.compile("[1-9]\\d{0,8}");

    private final List<Problem> problems = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    private PolicyReader() {}

    /**
     * @param version as in {@link Policy#version()}
     * @throws PolicyException with every mistake
     */
    public static Policy read(String yaml, long version) {
        return new PolicyReader().policy(yaml, version);
    }

    private Policy policy(String yaml, long version) {
        Node root;
        try {
            root = new Yaml(new SafeConstructor(new LoaderOptions())).compose(new StringReader(yaml));
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            throw new PolicyException(List.of(new Problem(line, "file", "YAML", e.getProblem())));
        }
        if (root == null) {
            return new Policy(Map.of(), Map.of(), Map.of(), List.of(), version);
        }
        YamlMap file = new YamlMap(root, "", problems);
        file.only(Set.of("revision", "tenants", "aliases", "profiles", "limits"));
        Map<String, TenantFacts> tenants = new LinkedHashMap<>();
        file.map("tenants").ifPresent(map -> map.keys().forEach(name -> {
            if (!Caller.legal(name)) {
                map.problem(name, "a tenant name of 1 to 128 printable characters", "\"" + name + "\"");
            }
            map.map(name).ifPresent(facts -> tenants.put(name, tenant(facts)));
        }));
        Map<String, String> aliases = texts(file, "aliases");
        Map<String, String> profiles = texts(file, "profiles");
        List<Limit> limits = new ArrayList<>();
        long effective = revision(file).orElse(version);
        file.maps("limits").forEach(map -> limit(map).ifPresent(limits::add));
        if (!problems.isEmpty()) {
            throw new PolicyException(problems);
        }
        return new Policy(tenants, aliases, profiles, limits, effective);
    }

    private static Optional<Long> revision(YamlMap file) {
        Optional<String> text = file.text("revision");
        if (text.isPresent() && !REVISION.matcher(text.get()).matches()) {
            file.problem("revision", "a whole number from 1 to 999999999", text.get());
            return Optional.empty();
        }
        return text.map(t -> Policy.ofRevision(Long.parseLong(t)));
    }

    private static TenantFacts tenant(YamlMap map) {
        map.only(Set.of("cost-center", "environment"));
        return new TenantFacts(map.text("cost-center"), map.text("environment"));
    }

    private static Map<String, String> texts(YamlMap file, String key) {
        Map<String, String> out = new LinkedHashMap<>();
        file.map(key)
                .ifPresent(map -> map.keys().forEach(name -> map.text(name).ifPresent(value -> out.put(name, value))));
        return out;
    }

    private Optional<Limit> limit(YamlMap map) {
        map.only(Set.of("name", "per", "match", "rate", "budget", "concurrency", "mode", "on-ledger-failure"));
        Optional<String> name = map.text("name");
        if (name.isEmpty()) {
            map.missing("name", "a name");
        } else if (!LIMIT_NAME.matcher(name.get()).matches()) {
            map.problem("name", "1 to 64 of A-Z a-z 0-9 . _ -", "\"" + name.get() + "\"");
        } else if (!names.add(name.get())) {
            map.problem("name", "a name that no other limit has", "\"" + name.get() + "\"");
        }
        long kinds = List.of("rate", "budget", "concurrency").stream()
                .filter(map::has)
                .count();
        if (kinds != 1) {
            map.missing("rate", "one of rate, budget, concurrency");
        }
        Optional<? extends Limit.Quantity> quantity = map.has("rate")
                ? map.map("rate").flatMap(this::rate)
                : map.has("budget") ? map.map("budget").flatMap(this::budget) : concurrency(map);
        boolean enforced = choice(map, "mode", Map.of("enforce", true, "shadow", false), true);
        OnLedgerFailure otherwise =
                !enforced ? OnLedgerFailure.OPEN : map.has("budget") ? OnLedgerFailure.DENY : OnLedgerFailure.SHARE;
        OnLedgerFailure onFailure = choice(
                map,
                "on-ledger-failure",
                Map.of("share", OnLedgerFailure.SHARE, "deny", OnLedgerFailure.DENY, "open", OnLedgerFailure.OPEN),
                otherwise);
        if (onFailure == OnLedgerFailure.SHARE && map.has("budget")) {
            map.problem("on-ledger-failure", "deny or open for a budget", "\"share\"");
        }
        List<Dimension> per = dimensions(map);
        Map<Dimension, Glob> match = match(map);
        return quantity.map(q -> new Limit(name.orElse("?"), per, match, q, enforced, onFailure));
    }

    private List<Dimension> dimensions(YamlMap map) {
        List<Dimension> per = new ArrayList<>();
        for (String label : map.texts("per")) {
            Optional<Dimension> dimension = Dimension.of(label);
            if (dimension.isEmpty() || per.contains(dimension.get())) {
                map.problem("per", "each of " + String.join(", ", Dimension.labels()) + " at most once", label);
            }
            dimension.ifPresent(per::add);
        }
        return per;
    }

    private Map<Dimension, Glob> match(YamlMap map) {
        Map<Dimension, Glob> match = new EnumMap<>(Dimension.class);
        map.map("match").ifPresent(globs -> {
            globs.only(Set.copyOf(Dimension.labels()));
            for (String label : globs.keys()) {
                Dimension.of(label).ifPresent(d -> globs.text(label).ifPresent(t -> match.put(d, Glob.of(t))));
            }
        });
        return match;
    }

    private Optional<Limit.Rate> rate(YamlMap map) {
        Set<String> known = new HashSet<>(Weight.labels());
        known.addAll(Set.of("every", "burst"));
        map.only(known);
        Optional<Weight> weight = weight(map);
        Duration every = map.text("every").flatMap(t -> duration(map, t)).orElse(Duration.ofMinutes(1));
        Optional<Long> amount = weight.flatMap(w -> amount(map, w.label(), w));
        Optional<Long> burst = weight.flatMap(w -> map.has("burst") ? amount(map, "burst", w) : amount);
        if (amount.isEmpty() || burst.isEmpty()) {
            return Optional.empty();
        }
        if (burst.get() > Bucket.MAX_AMOUNT / 2 / every.toMillis()) {
            map.problem("burst", "2 x burst x period in ms of at most 2^52", burst.get() + " x " + every.toMillis());
        }
        return Optional.of(new Limit.Rate(weight.get(), amount.get(), every, burst.get()));
    }

    private Optional<Limit.Budget> budget(YamlMap map) {
        Set<String> known = new HashSet<>(Weight.labels());
        known.addAll(Set.of("per", "time-zone", "warn-at"));
        map.only(known);
        Optional<Weight> weight = weight(map);
        Optional<Long> amount = weight.flatMap(w -> amount(map, w.label(), w));
        Optional<String> per = map.text("per");
        if (per.isEmpty()) {
            map.missing("per", "per: " + String.join(" | ", Period.labels()));
        }
        Optional<Period> period = per.flatMap(Period::of);
        if (per.isPresent() && period.isEmpty()) {
            map.problem("per", "one of " + String.join(", ", Period.labels()), "\"" + per.get() + "\"");
        }
        ZoneId zone = map.text("time-zone").flatMap(t -> zone(map, t)).orElse(ZoneOffset.UTC);
        List<Integer> warnAt = new ArrayList<>();
        for (String percent : map.texts("warn-at")) {
            if (percent.matches("[1-9]\\d?|100")) {
                warnAt.add(Integer.valueOf(percent));
            } else {
                map.problem("warn-at", "percentages from 1 to 100", "\"" + percent + "\"");
            }
        }
        return weight.isPresent() && amount.isPresent() && period.isPresent()
                ? Optional.of(new Limit.Budget(weight.get(), amount.get(), period.get(), zone, warnAt))
                : Optional.empty();
    }

    private static Optional<Limit.Concurrency> concurrency(YamlMap map) {
        return amount(map, "concurrency", Weight.REQUESTS).map(Limit.Concurrency::new);
    }

    private static Optional<Weight> weight(YamlMap map) {
        List<Weight> given = Weight.labels().stream()
                .filter(map::has)
                .flatMap(l -> Weight.of(l).stream())
                .toList();
        if (given.size() != 1) {
            map.missing("tokens", "exactly one of " + String.join(", ", Weight.labels()));
            return Optional.empty();
        }
        return Optional.of(given.get(0));
    }

    /** Tokens and requests are integers; money is US dollars and becomes micro-USD. */
    private static Optional<Long> amount(YamlMap map, String key, Weight weight) {
        Optional<String> text = map.text(key);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            BigDecimal number = new BigDecimal(text.get().replace("_", ""));
            long amount = weight == Weight.USD ? number.movePointRight(6).longValueExact() : number.longValueExact();
            if (amount >= 1 && amount <= Bucket.MAX_AMOUNT) {
                return Optional.of(amount);
            }
        } catch (ArithmeticException | NumberFormatException e) {
            // Told below.
        }
        String expected = weight == Weight.USD
                ? "US dollars from 0.000001 to 4503599627.370496"
                : "a whole number from 1 to 2^52";
        map.problem(key, expected, "\"" + text.get() + "\"");
        return Optional.empty();
    }

    private static Optional<Duration> duration(YamlMap map, String text) {
        Matcher m = DURATION.matcher(text);
        if (m.matches() && m.group(1).length() < 10) {
            long n = Long.parseLong(m.group(1));
            Duration every =
                    switch (m.group(2)) {
                        case "ms" -> Duration.ofMillis(n);
                        case "s" -> Duration.ofSeconds(n);
                        case "m" -> Duration.ofMinutes(n);
                        case "h" -> Duration.ofHours(n);
                        default -> Duration.ofDays(n);
                    };
            if (!every.isZero() && every.compareTo(Duration.ofDays(31)) <= 0) {
                return Optional.of(every);
            }
        }
        map.problem("every", "a duration from 1ms to 31d such as 30s, 1m, 24h", "\"" + text + "\"");
        return Optional.empty();
    }

    private static Optional<ZoneId> zone(YamlMap map, String text) {
        try {
            return Optional.of(ZoneId.of(text));
        } catch (DateTimeException e) {
            map.problem("time-zone", "a time zone such as UTC or Europe/Vienna", "\"" + text + "\"");
            return Optional.empty();
        }
    }

    private static <T> T choice(YamlMap map, String key, Map<String, T> choices, T otherwise) {
        Optional<String> text = map.text(key);
        if (text.isPresent() && !choices.containsKey(text.get())) {
            map.problem(
                    key,
                    "one of "
                            + String.join(
                                    ", ", choices.keySet().stream().sorted().toList()),
                    text.get());
        }
        return text.map(t -> choices.getOrDefault(t, otherwise)).orElse(otherwise);
    }
}
