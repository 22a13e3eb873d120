package dev.tollgate.policy;

import dev.tollgate.ledger.Bucket;
import dev.tollgate.policy.Limit.OnLedgerFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the entries of {@code limits}. */
final class LimitReader {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final List<String> KINDS = List.of("rate", "budget", "concurrency");
    private static final Map<String, OnLedgerFailure> ON_FAILURE =
            Map.of("share", OnLedgerFailure.SHARE, "deny", OnLedgerFailure.DENY, "open", OnLedgerFailure.OPEN);

    private final Set<String> names = new HashSet<>();

    /** Empty if a mistake leaves no limit; mistakes are noted in the mapping. */
    Optional<Limit> read(YamlMap map) {
        map.only(Set.of("name", "per", "match", "rate", "budget", "concurrency", "mode", "on-ledger-failure"));
        String name = name(map);
        exactlyOne(map, KINDS);
        boolean enforced = Scalar.choice(map, "mode", Map.of("enforce", true, "shadow", false), true);
        OnLedgerFailure onFailure = onLedgerFailure(map, enforced);
        List<Dimension> per = per(map);
        Map<Dimension, Glob> match = match(map);
        return quantity(map).map(q -> new Limit(name, per, match, q, enforced, onFailure));
    }

    private String name(YamlMap map) {
        Optional<String> name = map.text("name");
        if (name.isEmpty()) {
            map.missing("name", "a name");
        } else if (!NAME.matcher(name.get()).matches()) {
            map.problem("name", "1 to 64 of A-Z a-z 0-9 . _ -", '"' + name.get() + '"');
        } else if (!names.add(name.get())) {
            map.problem("name", "a name that no other limit has", '"' + name.get() + '"');
        }
        return name.orElse("?");
    }

    private static OnLedgerFailure onLedgerFailure(YamlMap map, boolean enforced) {
        OnLedgerFailure fallback =
                !enforced ? OnLedgerFailure.OPEN : map.has("budget") ? OnLedgerFailure.DENY : OnLedgerFailure.SHARE;
        OnLedgerFailure chosen = Scalar.choice(map, "on-ledger-failure", ON_FAILURE, fallback);
        if (chosen == OnLedgerFailure.SHARE && map.has("budget")) {
            map.problem("on-ledger-failure", "deny or open for a budget", "\"share\"");
        }
        return chosen;
    }

    private static List<Dimension> per(YamlMap map) {
        List<Dimension> per = new ArrayList<>();
        for (String label : map.texts("per", "[tenant, model]")) {
            Optional<Dimension> dimension = Dimension.of(label);
            if (dimension.isEmpty() || per.contains(dimension.get())) {
                map.problem(
                        "per", "each of " + String.join(", ", Dimension.labels()) + " at most once", '"' + label + '"');
            }
            dimension.ifPresent(per::add);
        }
        return per;
    }

    private static Map<Dimension, Glob> match(YamlMap map) {
        Map<Dimension, Glob> match = new EnumMap<>(Dimension.class);
        map.map("match").ifPresent(globs -> {
            globs.only(Set.copyOf(Dimension.labels()));
            for (String label : globs.keys()) {
                Dimension.of(label).ifPresent(d -> globs.text(label).ifPresent(t -> match.put(d, Glob.of(t))));
            }
        });
        return match;
    }

    private static Optional<? extends Limit.Quantity> quantity(YamlMap map) {
        if (map.has("rate")) {
            return map.map("rate").flatMap(LimitReader::rate);
        }
        if (map.has("budget")) {
            return map.map("budget").flatMap(LimitReader::budget);
        }
        return Scalar.amount(map, "concurrency", Weight.REQUESTS).map(Limit.Concurrency::new);
    }

    private static Optional<Limit.Rate> rate(YamlMap map) {
        map.only(with("every", "burst"));
        Optional<Weight> weight = weight(map);
        Duration every =
                map.has("every") ? Scalar.duration(map, "every").orElse(Duration.ofMinutes(1)) : Duration.ofMinutes(1);
        Optional<Long> amount = weight.flatMap(w -> Scalar.amount(map, w.label(), w));
        Optional<Long> burst = weight.flatMap(w -> map.has("burst") ? Scalar.amount(map, "burst", w) : amount);
        if (amount.isEmpty() || burst.isEmpty()) {
            return Optional.empty();
        }
        if (burst.get() > Bucket.MAX_AMOUNT / 2 / every.toMillis()) {
            map.problem("burst", "2 x burst x period in ms of at most 2^52", burst.get() + " x " + every.toMillis());
        }
        return Optional.of(new Limit.Rate(weight.get(), amount.get(), every, burst.get()));
    }

    private static Optional<Limit.Budget> budget(YamlMap map) {
        map.only(with("per", "time-zone", "warn-at", "override"));
        Optional<Weight> weight = weight(map);
        Optional<Long> amount = weight.flatMap(w -> Scalar.amount(map, w.label(), w));
        Optional<Period> period = period(map);
        ZoneId zone = Scalar.zone(map, "time-zone").orElse(ZoneOffset.UTC);
        List<Integer> warnAt = warnAt(map);
        Optional<BudgetOverride> override =
                weight.flatMap(w -> map.map("override").flatMap(o -> override(o, w, zone)));
        return weight.isPresent() && amount.isPresent() && period.isPresent()
                ? Optional.of(new Limit.Budget(weight.get(), amount.get(), period.get(), zone, warnAt, override))
                : Optional.empty();
    }

    private static Optional<BudgetOverride> override(YamlMap map, Weight weight, ZoneId zone) {
        map.only(Set.of(weight.label(), "until"));
        if (!map.has(weight.label())) {
            map.missing(weight.label(), "the budget's amount until then, in " + weight.label());
        }
        if (!map.has("until")) {
            map.missing("until", "until: when it ends, such as 2026-12-01T00:00Z");
        }
        Optional<Long> amount = Scalar.amount(map, weight.label(), weight);
        Optional<Instant> until = Scalar.instant(map, "until", zone);
        return amount.isPresent() && until.isPresent()
                ? Optional.of(new BudgetOverride(amount.get(), until.get()))
                : Optional.empty();
    }

    private static Set<String> with(String... more) {
        Set<String> known = new HashSet<>(Weight.labels());
        known.addAll(List.of(more));
        return known;
    }

    private static Optional<Period> period(YamlMap map) {
        Optional<String> per = map.text("per");
        if (per.isEmpty()) {
            map.missing("per", "per: " + String.join(" | ", Period.labels()));
            return Optional.empty();
        }
        Optional<Period> period = Period.of(per.get());
        if (period.isEmpty()) {
            map.problem("per", "one of " + String.join(", ", Period.labels()), '"' + per.get() + '"');
        }
        return period;
    }

    private static List<Integer> warnAt(YamlMap map) {
        List<Integer> warnAt = new ArrayList<>();
        for (String percent : map.texts("warn-at", "[80, 95]")) {
            if (percent.matches("[1-9]\\d?|100")) {
                warnAt.add(Integer.valueOf(percent));
            } else {
                map.problem("warn-at", "percentages from 1 to 100", '"' + percent + '"');
            }
        }
        return warnAt.stream().distinct().sorted().toList();
    }

    private static Optional<Weight> weight(YamlMap map) {
        return exactlyOne(map, Weight.labels()).flatMap(Weight::of);
    }

    private static Optional<String> exactlyOne(YamlMap map, List<String> keys) {
        List<String> given = keys.stream().filter(map::has).toList();
        if (given.size() == 1) {
            return Optional.of(given.get(0));
        }
        map.mistake(
                "exactly one of " + String.join(", ", keys), given.isEmpty() ? "none" : String.join(" and ", given));
        return Optional.empty();
    }
}
