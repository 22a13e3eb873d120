package dev.tollgate.control;

import dev.tollgate.admission.LimitStatus;
import dev.tollgate.ledger.LedgerHealth;
import dev.tollgate.policy.Limit;
import dev.tollgate.policy.Limit.OnLedgerFailure;
import dev.tollgate.policy.PolicyState;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A pod's state in one sentence for people.
 *
 * @param sentence the most severe fact first
 */
record Summary(State state, String sentence) {

    /** How well a pod does its work. */
    enum State {
        OK,
        /** Calls pass, not by the books of all pods or not by the newest policy. */
        DEGRADED,
        /** Calls fail. */
        DOWN;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param limits as last reported */
    static Summary of(PodFacts facts, List<LimitStatus> limits) {
        List<String> said = new ArrayList<>();
        State state = State.OK;
        if (!facts.bedrock().sound().getAsBoolean()) {
            state = State.DOWN;
            said.add(
                    facts.bedrock().canSign().getAsBoolean()
                            ? "calls fail: " + facts.bedrock().host() + " cannot be reached"
                            : "calls fail: no AWS credentials to sign with");
        }
        if (!facts.ledger().answers().getAsBoolean()) {
            state = state == State.DOWN || everyLimitDenies(facts) ? State.DOWN : State.DEGRADED;
            said.add(away(facts.ledger().health().get()) + ": " + consequence(facts));
        }
        PolicyState policy = facts.policy().get();
        int mistakes = policy.mistakes().size();
        if (mistakes > 0) {
            state = state == State.DOWN ? State.DOWN : State.DEGRADED;
            said.add(counted(mistakes, "mistake") + " in the policy file, the last good one stays in force");
        }
        if (said.isEmpty()) {
            said.add("all well: "
                    + ledger(
                            facts.ledger().health().get(),
                            policy.policy().limits().size()));
        }
        long usedUp = limits.stream()
                .filter(l -> l.kind().equals("budget") && l.enforced() && l.remaining() == 0)
                .count();
        if (usedUp > 0) {
            said.add(counted(usedUp, "budget") + (usedUp == 1 ? " is" : " are") + " used up");
        }
        String sentence = String.join("; ", said);
        return new Summary(state, sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1) + ".");
    }

    private static String ledger(LedgerHealth health, int limits) {
        String inForce = limits == 0 ? "calls are metered, nothing is limited" : counted(limits, "limit") + " in force";
        if (health.kind().equals("memory")) {
            return inForce + ", for this process alone: the ledger is in memory";
        }
        String pods =
                health.pods() > 1 ? "Redis answers, " + health.pods() + " pods share its books, " : "Redis answers, ";
        return pods + inForce;
    }

    private static String away(LedgerHealth health) {
        return health.up() ? "Redis answers too late" : "Redis away for " + lasted(health.ageMillis());
    }

    private static boolean everyLimitDenies(PodFacts facts) {
        List<Limit> limits = facts.policy().get().policy().limits();
        return !limits.isEmpty() && limits.stream().allMatch(limit -> deed(limit, facts) == OnLedgerFailure.DENY);
    }

    private static OnLedgerFailure deed(Limit limit, PodFacts facts) {
        boolean noShare = facts.ledger().graceIsOver().getAsBoolean()
                || !facts.ledger().knowsShare().getAsBoolean();
        return limit.onLedgerFailure() == OnLedgerFailure.SHARE && noShare
                ? OnLedgerFailure.DENY
                : limit.onLedgerFailure();
    }

    /** What limits do without the ledger: "budgets deny, rates run on this pod's share". */
    private static String consequence(PodFacts facts) {
        Map<String, Set<OnLedgerFailure>> byKind = new LinkedHashMap<>();
        for (String kind : List.of("budgets", "rates", "concurrency limits")) {
            byKind.put(kind, EnumSet.noneOf(OnLedgerFailure.class));
        }
        facts.policy().get().policy().limits().forEach(limit -> byKind.computeIfAbsent(
                        kind(limit), k -> EnumSet.noneOf(OnLedgerFailure.class))
                .add(deed(limit, facts)));
        Map<String, List<String>> kinds = new LinkedHashMap<>();
        byKind.forEach((kind, deeds) -> {
            if (!deeds.isEmpty()) {
                String does = deeds.stream().map(Summary::does).collect(Collectors.joining(" or "));
                kinds.computeIfAbsent(does, d -> new ArrayList<>()).add(kind);
            }
        });
        return kinds.isEmpty()
                ? "calls pass, nothing is limited"
                : kinds.entrySet().stream()
                        .map(e -> String.join(" and ", e.getValue()) + " " + e.getKey())
                        .collect(Collectors.joining(", "));
    }

    private static String kind(Limit limit) {
        return limit.quantity() instanceof Limit.Budget
                ? "budgets"
                : limit.quantity() instanceof Limit.Rate ? "rates" : "concurrency limits";
    }

    private static String does(OnLedgerFailure deed) {
        return switch (deed) {
            case SHARE -> "run on this pod's share";
            case DENY -> "deny";
            case OPEN -> "let calls pass";
        };
    }

    private static String counted(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    /** @return such as "12 s", "3 min", "2 h 5 min" */
    static String lasted(long millis) {
        long seconds = millis / 1000;
        if (seconds < 120) {
            return seconds + " s";
        }
        long minutes = seconds / 60;
        return minutes < 120 ? minutes + " min" : minutes / 60 + " h " + minutes % 60 + " min";
    }
}
