package dev.tollgate.pricing;

import dev.tollgate.bedrock.Purchase;
import dev.tollgate.bedrock.RequestFacts;
import java.util.List;

/**
 * What the guardrail of a model call may cost. Bedrock charges it beside the tokens, but an answer reports its units only
 * if the request enables the trace, so without one all policies are taken to have examined all text.
 */
final class GuardedCall {

    private static final long USUAL_CHARACTERS = 4;

    /** The longest token of the public tokenizers is a run of 128 spaces (cl100k_base, o200k_base). */
    private static final long MOST_CHARACTERS = 128;

    private GuardedCall() {}

    /** What the guardrail of a call with this output examines; nothing if it has none. */
    static List<Purchase> expected(RequestFacts facts, long outputTokens) {
        return units(facts, outputTokens, USUAL_CHARACTERS);
    }

    /** The most that the guardrail of a call can examine; nothing if it has none. */
    static List<Purchase> bound(RequestFacts facts, long outputTokens) {
        return units(facts, outputTokens, MOST_CHARACTERS);
    }

    private static List<Purchase> units(RequestFacts facts, long outputTokens, long charactersPerToken) {
        if (!facts.options().guarded()) {
            return List.of();
        }
        long units =
                Purchase.textUnits(facts.input().textBytes()) + Purchase.textUnits(outputTokens * charactersPerToken);
        return Purchase.guardrail(units, facts.input().images());
    }
}
