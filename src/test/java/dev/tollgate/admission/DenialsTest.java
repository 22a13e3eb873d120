package dev.tollgate.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.tollgate.admission.Decision.Denied;
import dev.tollgate.admission.Decision.Reason;
import dev.tollgate.ledger.AdmitReply;
import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Claim;
import dev.tollgate.policy.Weight;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a denied caller reads. */
class DenialsTest {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private static Guard guard(String limit, long estimate) {
        Plan plan =
                Plan.of(Pods.policy("limits: [ " + limit + " ]"), Pods.demand("acme", "amazon.nova-lite-v1:0", 5), NOW);
        Guard guard = plan.guards().get(0);
        return new Guard(
                guard.limit(),
                guard.bucket(),
                guard.series(),
                Claim.of(guard.claim().bucket(), estimate));
    }

    private static Denied denied(String limit, long estimate, long waitMillis, Balance balance) {
        return Denials.denied(
                guard(limit, estimate), new AdmitReply.Denied(0, waitMillis, balance, List.of(balance)), NOW);
    }

    @Test
    void aRateSaysWhatIsFreeWhatTheCallReservesAndWhenToRetry() {
        Denied denied = denied(
                "{ name: tpm, rate: { tokens: 200000, every: 1m, burst: 300000 } }",
                5_000,
                1_500,
                new Balance.Rate(1_000, 90_000));
        assertEquals(
                "Tollgate limit tpm: 1000 tokens of 300000 tokens are free (200000 tokens each 60 s), this call reserves"
                        + " 5000 tokens; retry in 1.5 s",
                denied.message());
        assertEquals(Reason.RATE, denied.reason());
        assertEquals(1_500, denied.waitMillis());
        assertEquals(Optional.of(NOW.plusMillis(90_000)), denied.resetsAt());
    }

    @Test
    void aRateInDebtHasNothingFree() {
        Denied denied = denied("{ name: rpm, rate: { requests: 10, every: 1s } }", 1, 700, new Balance.Rate(-5, 1_500));
        assertEquals("0 requests", denied.remainingText());
        assertEquals("10 requests", denied.limitText());
    }

    @Test
    void aBudgetSaysWhatIsUsedHeldAndWhenItResets() {
        Denied denied = denied(
                "{ name: day, budget: { usd: 500, per: day } }",
                12_400,
                43_200_000,
                new Balance.Budget(499_000_000, 995_000));
        assertEquals(
                "Tollgate budget day: 499.00 USD used and 0.995 USD held of 500.00 USD, this call reserves 0.0124 USD;"
                        + " resets at 2026-11-22 00:00:00Z",
                denied.message());
        assertEquals(Reason.BUDGET, denied.reason());
        assertEquals("0.005 USD", denied.remainingText());
        assertEquals("500.00 USD", denied.limitText());
        assertEquals(Optional.of(Instant.parse("2026-11-22T00:00:00Z")), denied.resetsAt());
    }

    @Test
    void aConcurrencyLimitSaysHowManyCallsAreInFlight() {
        Denied denied = denied("{ name: busy, concurrency: 5 }", 1, 1_000, new Balance.Concurrency(5));
        assertEquals("Tollgate limit busy: 5 of 5 calls are in flight; retry when one has ended", denied.message());
        assertEquals(Reason.CONCURRENCY, denied.reason());
        assertEquals(Optional.empty(), denied.resetsAt());
    }

    @Test
    void aCallLargerThanItsLimitIsToldWhatToLower() {
        Denied denied = Denials.tooLarge(
                guard("{ name: tiny, rate: { tokens: 100, every: 1m } }", 5_000),
                new AdmitReply.TooLarge(0, new Balance.Rate(100, 0)),
                NOW);
        assertEquals(
                "Tollgate limit tiny: this call alone reserves 5000 tokens, the limit is 100 tokens; lower the maximum of"
                        + " output tokens",
                denied.message());
        assertEquals(Reason.TOO_LARGE, denied.reason());
        assertEquals(0, denied.waitMillis());
        assertEquals("100 tokens", denied.remainingText());
    }

    @Test
    void aLedgerThatDoesNotAnswerIsARetry() {
        Denied denied = Denials.ledgerUnavailable(
                guard("{ name: day, budget: { usd: 5, per: day } }", 1).limit());
        assertEquals(Reason.LEDGER_UNAVAILABLE, denied.reason());
        assertEquals(1_000, denied.waitMillis());
        assertEquals("day", denied.limit());
    }

    @Test
    void aDamagedCountIsARetryThatPointsToTheLog() {
        Denied denied = Denials.damaged(
                guard("{ name: day, budget: { usd: 5, per: day } }", 1).limit());
        assertEquals(Reason.LEDGER_UNAVAILABLE, denied.reason());
        assertEquals(
                "Tollgate limit day: its count in the ledger cannot be read; Tollgate's log names it",
                denied.message());
    }

    @ParameterizedTest
    @CsvSource({"'{ name: l, rate: { tokens: 5, every: 1m } }', RATE", "'{ name: l, concurrency: 5 }', CONCURRENCY"})
    void aUsedUpShareHasTheKindOfItsLimit(String limit, Reason reason) {
        Denied denied = Denials.shareUsedUp(guard(limit, 1).limit(), 250);
        assertEquals(reason, denied.reason());
        assertEquals(250, denied.waitMillis());
    }

    @Test
    void anUnpricedCallNamesTheMoneyLimit() {
        Denied denied = Denials.unpriced(
                guard("{ name: day, budget: { usd: 5, per: day } }", 1).limit());
        assertEquals(Reason.UNPRICED, denied.reason());
        assertEquals("day", denied.limit());
        assertEquals(0, denied.waitMillis());
    }

    @ParameterizedTest
    @CsvSource({
        "true, Tollgate limit l: all tenants together have as many counts",
        "false, Tollgate limit l: this tenant has as many counts"
    })
    void tooManyBucketsSayWhose(boolean shared, String beginning) {
        Denied denied =
                Denials.tooManyBuckets(guard("{ name: l, concurrency: 5 }", 1).limit(), shared);
        assertEquals(Reason.TOO_LARGE, denied.reason());
        assertEquals(beginning, denied.message().substring(0, beginning.length()));
    }

    @ParameterizedTest
    @CsvSource({
        "USD, 0, 0.00 USD",
        "USD, 1, 0.000001 USD",
        "USD, 10, 0.00001 USD",
        "USD, 500000, 0.50 USD",
        "USD, 1000000, 1.00 USD",
        "USD, 12400, 0.0124 USD",
        "USD, 500000000, 500.00 USD",
        "USD, 1234567890, 1234.56789 USD",
        "USD, 4503599627370496, 4503599627.370496 USD",
        "TOKENS, 0, 0 tokens",
        "TOKENS, 200000, 200000 tokens",
        "QUOTA_TOKENS, 5, 5 quota-tokens",
        "REQUESTS, 1, 1 requests"
    })
    void anAmountHasItsUnit(Weight weight, long amount, String text) {
        assertEquals(text, Denials.amount(weight, amount));
    }

    @Test
    void noMessageSaysWhatClientsTakeForAContextOverflow() {
        for (String limit : List.of(
                "{ name: l, rate: { tokens: 5, every: 1m } }",
                "{ name: l, budget: { tokens: 5, per: day } }",
                "{ name: l, concurrency: 5 }")) {
            Guard guard = guard(limit, 1);
            Balance balance = guard.claim().bucket().balance(1, 1);
            for (Denied denied : List.of(
                    Denials.denied(guard, new AdmitReply.Denied(0, 5, balance, List.of(balance)), NOW),
                    Denials.tooLarge(guard, new AdmitReply.TooLarge(0, balance), NOW),
                    Denials.shareUsedUp(guard.limit(), 1),
                    Denials.ledgerUnavailable(guard.limit()),
                    Denials.damaged(guard.limit()),
                    Denials.unpriced(guard.limit()),
                    Denials.tooManyBuckets(guard.limit(), true))) {
                assertFalse(denied.message().toLowerCase(java.util.Locale.ROOT).contains("too many tokens"));
            }
        }
    }
}
