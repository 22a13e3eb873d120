package dev.tollgate.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Upstreams;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every ledger does; time stands still but for {@link #advance}. */
public abstract class LedgerContract {

    protected static final long START = 1_790_000_000_000L;
    protected static final int MAX_BUCKETS = 40;
    private static final Duration LEASE = Duration.ofSeconds(60);

    protected abstract Ledger ledger();

    protected abstract void advance(long millis);

    private static Bucket.Rate rate(long burst, long rate, long period, long version) {
        return new Bucket.Rate("tpm", false, true, burst, rate, period, version);
    }

    private static Bucket.Rate rate(long burst, long rate, long period) {
        return rate(burst, rate, period, 1);
    }

    private static Bucket.Budget budget(long limit) {
        return budget("day@2026-09-21", limit, true);
    }

    private static Bucket.Budget budget(String field, long limit, boolean enforced) {
        long start = START - START % 86_400_000;
        return new Bucket.Budget(field, false, enforced, limit, start, start + 86_400_000, start + 40 * 86_400_000L);
    }

    private static Bucket.Concurrency inFlight(long limit) {
        return new Bucket.Concurrency("inflight", false, true, limit);
    }

    private static Hold hold(String id, Claim... claims) {
        return new Hold(id, "acme", LEASE, Arrays.asList(claims));
    }

    private static <T> T get(Future<T> future) {
        return Upstreams.await(future);
    }

    private AdmitReply admit(Hold hold) {
        return get(ledger().admit(hold));
    }

    private AdmitReply.Admitted admitted(Hold hold) {
        return assertInstanceOf(AdmitReply.Admitted.class, admit(hold));
    }

    private AdmitReply.Denied denied(Hold hold) {
        return assertInstanceOf(AdmitReply.Denied.class, admit(hold));
    }

    private long used(Bucket bucket) {
        return peek(bucket).used(bucket.capacity());
    }

    private long held(Bucket bucket) {
        return peek(bucket).held();
    }

    private long level(Bucket.Rate rate) {
        return assertInstanceOf(Balance.Rate.class, peek(rate)).level();
    }

    private Balance peek(Bucket bucket) {
        return get(ledger().peek("acme", List.of(bucket))).get(0);
    }

    private static Hold settled(Hold hold, long... actual) {
        Claim[] claims = new Claim[actual.length];
        for (int i = 0; i < actual.length; i++) {
            claims[i] = hold.claims().get(i).withActual(actual[i]);
        }
        return hold.withClaims(Arrays.asList(claims));
    }

    @Test
    void aRateAdmitsItsBurstAndThenWhatFlowsIn() {
        Bucket.Rate rate = rate(100, 60, 60_000);
        admitted(hold("a", Claim.of(rate, 100)));
        AdmitReply.Denied denied = denied(hold("b", Claim.of(rate, 7)));
        assertEquals(7000, denied.waitMillis());
        advance(6999);
        assertEquals(1, denied(hold("b", Claim.of(rate, 7))).waitMillis());
        advance(1);
        assertEquals(0, admitted(hold("b", Claim.of(rate, 7))).balances().get(0).used(100) - 100);
    }

    @Test
    void aRateRefillsExactlyHoweverOftenItIsAsked() {
        Bucket.Rate rate = rate(1000, 7, 1000);
        admitted(hold("a", Claim.of(rate, 1000)));
        for (int i = 0; i < 333; i++) {
            advance(3);
            denied(hold("x" + i, Claim.of(rate, 999)));
        }
        advance(1);
        assertEquals(7, level(rate));
    }

    @Test
    void aBudgetCountsUsedAndHeld() {
        Bucket.Budget budget = budget(100);
        Hold first = hold("a", Claim.of(budget, 60));
        admitted(first);
        AdmitReply.Denied denied = denied(hold("b", Claim.of(budget, 41)));
        assertEquals(60, denied.balances().get(0).held());
        assertTrue(denied.waitMillis() > 0);
        admitted(hold("b", Claim.of(budget, 40)));
        assertEquals(SettleReply.SETTLED, get(ledger().settle(settled(first, 10))));
        assertEquals(10, used(budget));
        assertEquals(40, held(budget));
        admitted(hold("c", Claim.of(budget, 50)));
        denied(hold("d", Claim.of(budget, 1)));
    }

    @Test
    void concurrencyHoldsAndFrees() {
        Bucket.Concurrency two = inFlight(2);
        Hold a = hold("a", Claim.of(two, 1));
        admitted(a);
        admitted(hold("b", Claim.of(two, 1)));
        denied(hold("c", Claim.of(two, 1)));
        get(ledger().settle(settled(a, 1)));
        admitted(hold("c", Claim.of(two, 1)));
        assertEquals(2, held(two));
    }

    @Test
    void aDeniedCallChangesNothing() {
        Bucket.Rate rate = rate(100, 60, 60_000);
        Bucket.Budget budget = budget(50);
        admitted(hold("before", Claim.of(budget, 45)));
        AdmitReply.Denied denied = denied(hold("a", Claim.of(rate, 10), Claim.of(budget, 6), Claim.of(inFlight(5), 1)));
        assertEquals(1, denied.index());
        assertEquals(100, level(rate));
        assertEquals(45, held(budget));
        assertEquals(0, held(inFlight(5)));
    }

    @Test
    void theLimitWithTheLongestWaitIsNamed() {
        Bucket.Rate fast = new Bucket.Rate("fast", false, true, 10, 10, 1000, 1);
        Bucket.Rate slow = new Bucket.Rate("slow", false, true, 10, 1, 1000, 1);
        admitted(hold("a", Claim.of(fast, 10), Claim.of(slow, 10)));
        AdmitReply.Denied denied = denied(hold("b", Claim.of(fast, 10), Claim.of(slow, 10)));
        assertEquals(1, denied.index());
        assertEquals(10_000, denied.waitMillis());
    }

    @Test
    void aCallLargerThanItsLimitIsTooLargeForever() {
        assertEquals(
                0,
                assertInstanceOf(AdmitReply.TooLarge.class, admit(hold("a", Claim.of(rate(100, 60, 60_000), 101))))
                        .index());
        assertInstanceOf(AdmitReply.TooLarge.class, admit(hold("a", Claim.of(budget(100), 101))));
        assertInstanceOf(AdmitReply.TooLarge.class, admit(hold("a", Claim.of(inFlight(0), 1))));
    }

    @Test
    void shadowLimitsCountAndNeverDeny() {
        Bucket.Budget shadow = budget("shadow@d", 10, false);
        Bucket.Rate rate = new Bucket.Rate("shadow-rate", false, false, 10, 1, 1000, 1);
        AdmitReply.Admitted admitted = admitted(hold("a", Claim.of(shadow, 25), Claim.of(rate, 25)));
        assertEquals(25, admitted.balances().get(0).held());
        assertEquals(-10, level(rate));
        admitted(hold("b", Claim.of(shadow, 1), Claim.of(rate, 1)));
    }

    @Test
    void aRepeatedAdmitIsTheSameAdmit() {
        Bucket.Budget budget = budget(100);
        Hold hold = hold("a", Claim.of(budget, 30));
        admitted(hold);
        admitted(hold);
        assertEquals(30, held(budget));
    }

    @Test
    void aSettlementHappensOnce() {
        Bucket.Budget budget = budget(100);
        Hold hold = hold("a", Claim.of(budget, 30));
        admitted(hold);
        assertEquals(SettleReply.SETTLED, get(ledger().settle(settled(hold, 20))));
        assertEquals(SettleReply.ALREADY, get(ledger().settle(settled(hold, 20))));
        assertEquals(SettleReply.ALREADY, get(ledger().release(hold)));
        assertEquals(20, used(budget));
        assertEquals(0, held(budget));
    }

    @Test
    void aReleaseGivesEverythingBack() {
        Bucket.Rate rate = rate(100, 60, 60_000);
        Bucket.Budget budget = budget(100);
        Hold hold = hold("a", Claim.of(rate, 70), Claim.of(budget, 30), Claim.of(inFlight(1), 1));
        admitted(hold);
        assertEquals(SettleReply.RELEASED, get(ledger().release(hold)));
        assertEquals(100, level(rate));
        assertEquals(0, held(budget) + used(budget) + held(inFlight(1)));
    }

    @Test
    void aReleaseBeforeItsAdmitLeavesATombstone() {
        Bucket.Budget budget = budget(100);
        Hold hold = hold("a", Claim.of(budget, 30));
        assertEquals(SettleReply.UNKNOWN, get(ledger().release(hold)));
        assertInstanceOf(AdmitReply.Ended.class, admit(hold));
        assertEquals(0, held(budget));
    }

    @Test
    void anUnknownHoldIsChargedInFull() {
        Bucket.Rate rate = rate(100, 60, 60_000);
        Bucket.Budget budget = budget(100);
        Hold hold = hold("a", Claim.of(rate, 10), Claim.of(budget, 30));
        assertEquals(SettleReply.UNKNOWN, get(ledger().settle(settled(hold, 15, 25))));
        assertEquals(25, used(budget));
        assertEquals(0, held(budget));
        assertEquals(85, level(rate));
    }

    @Test
    void aRateMayGoIntoDebtDownToItsBurst() {
        Bucket.Rate rate = rate(100, 60, 60_000);
        Hold hold = hold("a", Claim.of(rate, 50));
        admitted(hold);
        get(ledger().settle(settled(hold, 1_000_000)));
        assertEquals(-100, level(rate));
        assertEquals(101_000, denied(hold("b", Claim.of(rate, 1))).waitMillis());
    }

    @Test
    void aBudgetMayPassItsLimitByASettlementOnly() {
        Bucket.Budget budget = budget(100);
        Hold hold = hold("a", Claim.of(budget, 90));
        admitted(hold);
        get(ledger().settle(settled(hold, 130)));
        assertEquals(130, used(budget));
        denied(hold("b", Claim.of(budget, 0)));
    }

    @Test
    void anExpiredHoldIsChargedAtItsEstimateAndFreesConcurrency() {
        Bucket.Budget budget = budget(100);
        Bucket.Concurrency one = inFlight(1);
        Hold hold = hold("a", Claim.of(budget, 40), Claim.of(one, 1));
        admitted(hold);
        advance(59_999);
        denied(hold("b", Claim.of(one, 1)));
        advance(1);
        admitted(hold("b", Claim.of(one, 1)));
        assertEquals(40, used(budget));
        assertEquals(0, held(budget));
        assertEquals(SettleReply.LATE, get(ledger().settle(settled(hold, 25, 1))));
        assertEquals(25, used(budget));
        assertEquals(1, held(one));
        assertEquals(SettleReply.ALREADY, get(ledger().settle(settled(hold, 25, 1))));
    }

    @Test
    void aLateReleaseGivesTheChargedEstimateBack() {
        Bucket.Budget budget = budget(100);
        Hold hold = hold("a", Claim.of(budget, 40));
        admitted(hold);
        advance(60_000);
        assertEquals(SettleReply.LATE, get(ledger().release(hold)));
        assertEquals(0, used(budget));
    }

    @Test
    void anExtendedHoldLivesOn() {
        Bucket.Budget budget = budget(100);
        Hold hold = hold("a", Claim.of(budget, 40));
        admitted(hold);
        advance(50_000);
        assertTrue(get(ledger().extend(hold)));
        advance(50_000);
        assertEquals(SettleReply.SETTLED, get(ledger().settle(settled(hold, 10))));
        assertFalse(get(ledger().extend(hold)));
        assertFalse(get(ledger().extend(hold("never", Claim.of(budget, 1)))));
    }

    @Test
    void aPeriodThatDoesNotContainNowIsStale() {
        Bucket.Budget past = new Bucket.Budget("day@past", false, true, 100, START - 1000, START, START + 1000);
        AdmitReply.StalePeriod stale =
                assertInstanceOf(AdmitReply.StalePeriod.class, admit(hold("a", Claim.of(past, 1))));
        assertEquals(START, stale.nowMillis());
        admitted(hold("a", Claim.of(budget(100), 1)));
    }

    @Test
    void aHoldSettlesIntoThePeriodItWasMadeIn() {
        Bucket.Budget first = new Bucket.Budget("m@1", false, true, 100, START - 1000, START + 1000, START + 900_000);
        Bucket.Budget second = new Bucket.Budget("m@2", false, true, 100, START + 1000, START + 9000, START + 900_000);
        Hold hold = hold("a", Claim.of(first, 40));
        admitted(hold);
        advance(2000);
        admitted(hold("b", Claim.of(second, 100)));
        get(ledger().settle(settled(hold, 30)));
        assertEquals(30, used(first));
        assertEquals(100, held(second));
    }

    @Test
    void aNewerLimitMovesTheLevelAndAnOlderOneDoesNotFlipItBack() {
        admitted(hold("a", Claim.of(rate(100, 60, 60_000, 1), 80)));
        assertEquals(70, level(rate(150, 60, 60_000, 2)));
        admitted(hold("b", Claim.of(rate(150, 60, 60_000, 2), 10)));
        assertEquals(60, level(rate(100, 60, 60_000, 1)));
        assertEquals(-40, level(rate(50, 60, 60_000, 3)));
    }

    @Test
    void tenantsHaveTheirOwnBucketsAndSharedOnesAreOne() {
        Bucket.Budget own = budget(100);
        Bucket.Budget shared =
                new Bucket.Budget("org@1", true, true, 100, own.startMillis(), own.endMillis(), own.keepMillis());
        admitted(hold("a", Claim.of(own, 60), Claim.of(shared, 60)));
        Hold other = new Hold("b", "globex", LEASE, List.of(Claim.of(own, 60), Claim.of(shared, 60)));
        assertEquals(1, assertInstanceOf(AdmitReply.Denied.class, admit(other)).index());
        admitted(new Hold("c", "globex", LEASE, List.of(Claim.of(own, 60), Claim.of(shared, 40))));
    }

    @Test
    void tenantNamesOfEveryKindStayApart() {
        List<String> names = List.of(
                "a", "A", "a:b", "{a}", "a}b", "tg:{x}", "a b", "a\nb", "ü", "😀", "%61", "*", "../x", "a|b=1", "'\"");
        for (String name : names) {
            admitted(new Hold("id" + names.indexOf(name), name, LEASE, List.of(Claim.of(budget(100), 70))));
        }
        for (String name : names) {
            assertEquals(
                    70, get(ledger().peek(name, List.of(budget(100)))).get(0).held(), name);
        }
    }

    @Test
    void amountsUpTo2To52AreExact() {
        long most = Bucket.MAX_AMOUNT;
        Bucket.Budget budget = budget(most);
        Hold hold = hold("a", Claim.of(budget, most - 1));
        admitted(hold);
        denied(hold("b", Claim.of(budget, 2)));
        admitted(hold("c", Claim.of(budget, 1)));
        get(ledger().settle(settled(hold, most - 3)));
        assertEquals(most - 3, used(budget));
        assertEquals(1, held(budget));
    }

    @Test
    void aDenialSaysWhatRemainsOfTheLimitThatDenied() {
        Bucket.Budget budget = budget(100);
        admitted(hold("a", Claim.of(budget, 60)));
        AdmitReply.Denied denied = denied(hold("b", Claim.of(inFlight(5), 1), Claim.of(budget, 41)));
        assertEquals(1, denied.index());
        assertEquals(40, denied.decided().remaining(100));
        assertEquals(60, denied.decided().held());
    }

    @Test
    void shadowLimitsThatWouldDenyAreNamed() {
        Bucket.Budget shadow = budget("shadow@d", 10, false);
        AdmitReply.Admitted admitted = admitted(hold("a", Claim.of(inFlight(5), 1), Claim.of(shadow, 25)));
        assertEquals(List.of(1), admitted.refused());
    }

    @Test
    void aThresholdIsMarkedByOneCallerOnly() {
        Bucket.Budget budget = budget(100);
        assertTrue(get(ledger().mark("acme", budget, 80)));
        assertFalse(get(ledger().mark("acme", budget, 80)));
        assertTrue(get(ledger().mark("acme", budget, 95)));
        assertFalse(get(ledger().mark("acme", budget, 80)), "a higher one was marked");
        assertTrue(get(ledger().mark("acme", budget, Ledger.EXHAUSTED)));
        assertTrue(get(ledger().mark("acme", budget, Ledger.RESET)));
        assertFalse(get(ledger().mark("acme", budget, Ledger.RESET)));
        assertTrue(get(ledger().mark("globex", budget, 80)), "another tenant's own");
        assertTrue(get(ledger().mark("acme", budget("day@2026-09-22", 100, true), 80)), "another period");
        assertEquals(0, used(budget));
    }

    @Test
    void aTenantHasABoundedNumberOfBuckets() {
        for (int i = 0; i < MAX_BUCKETS; i++) {
            Bucket.Budget budget = budget("b" + i + "@1", 100, true);
            admitted(hold("a" + i, Claim.of(budget, 1)));
        }
        Hold oneMore = hold("more", Claim.of(budget("b0@1", 100, true), 1), Claim.of(budget("new@1", 100, true), 1));
        assertEquals(
                1,
                assertInstanceOf(AdmitReply.TooManyBuckets.class, admit(oneMore))
                        .index());
        admitted(hold("known", Claim.of(budget("b0@1", 100, true), 1)));
        admitted(new Hold("other", "globex", LEASE, oneMore.claims()));
    }

    @Test
    void thirtyTwoLimitsGuardOneCall() {
        Claim[] claims = new Claim[Hold.MAX_CLAIMS];
        for (int i = 0; i < claims.length; i++) {
            claims[i] = Claim.of(budget("b" + i + "@1", 100 + i, true), 101);
        }
        assertEquals(
                0,
                assertInstanceOf(AdmitReply.TooLarge.class, admit(hold("a", claims)))
                        .index());
        claims[0] = Claim.of(claims[0].bucket(), 1);
        AdmitReply.Admitted admitted = admitted(hold("a", claims));
        assertEquals(101, admitted.balances().get(31).held());
        assertEquals(0, denied(hold("b", Claim.of(claims[31].bucket(), 31))).index());
    }

    @Test
    void aLapsedHoldIsChargedByDifferenceHoursLater() {
        Bucket.Budget budget = budget("long@1", 1000, true);
        Hold hold = hold("a", Claim.of(budget, 40));
        admitted(hold);
        advance(5 * 3_600_000);
        assertEquals(SettleReply.LATE, get(ledger().settle(settled(hold, 25))));
        assertEquals(25, used(budget));
    }

    @Test
    void aSettlementOfAnUnknownIdHappensOnce() {
        Bucket.Budget budget = budget(100);
        Hold hold = hold("a", Claim.of(budget, 30));
        assertEquals(SettleReply.UNKNOWN, get(ledger().settle(settled(hold, 25))));
        assertEquals(SettleReply.ALREADY, get(ledger().settle(settled(hold, 25))));
        assertEquals(25, used(budget));
    }

    private static Hold used(String id, String tenant, String model, long microUsd, Claim... claims) {
        return new Hold(id, tenant, LEASE, Arrays.asList(claims), new Meter(model, "sales", microUsd, 7));
    }

    private List<Spend> spend(String tenant) {
        SpendPage page = get(ledger().spend(Optional.of(tenant), "", 10));
        assertEquals("", page.next());
        return page.rows();
    }

    private static Spend row(String tenant, String model, long day, long month, long dayCalls, long monthCalls) {
        return new Spend(tenant, model, "sales", day, month, dayCalls, monthCalls, 7 * dayCalls, 7 * monthCalls);
    }

    @Test
    void spendIsCountedOnceWithAndWithoutLimits() {
        Hold held = hold("a", Claim.of(budget(1000), 60));
        admitted(held);
        Hold ended = settled(held, 10).metered(new Meter("nova", "sales", 10, 7));
        assertEquals(SettleReply.SETTLED, get(ledger().settle(ended)));
        assertEquals(SettleReply.ALREADY, get(ledger().settle(ended)));
        Hold free = used("b", "acme", "nova", 5);
        assertEquals(SettleReply.SETTLED, get(ledger().settle(free)));
        assertEquals(SettleReply.ALREADY, get(ledger().settle(free)));
        Hold unknown = used("c", "acme", "haiku", 3, Claim.of(budget(1000), 4));
        assertEquals(SettleReply.UNKNOWN, get(ledger().settle(unknown)));
        assertEquals(SettleReply.ALREADY, get(ledger().settle(unknown)));
        assertEquals(List.of(row("acme", "haiku", 3, 3, 1, 1), row("acme", "nova", 15, 15, 2, 2)), spend("acme"));
        assertEquals(List.of(), spend("other"));
    }

    @Test
    void whatIsReleasedOrRefusedIsNotSpent() {
        Hold held = hold("a", Claim.of(budget(1000), 60)).metered(new Meter("nova", "sales", 10, 7));
        admitted(held);
        get(ledger().release(held));
        assertInstanceOf(AdmitReply.TooLarge.class, admit(hold("b", Claim.of(budget(1000), 1001))));
        assertEquals(List.of(), spend("acme"));
    }

    @Test
    void aLapsedHoldIsSpentWhenItIsSettled() {
        Hold held = hold("a", Claim.of(budget(1000), 60));
        admitted(held);
        advance(LEASE.toMillis() + 1);
        assertEquals(
                SettleReply.LATE, get(ledger().settle(settled(held, 10).metered(new Meter("nova", "sales", 10, 7)))));
        assertEquals(List.of(row("acme", "nova", 10, 10, 1, 1)), spend("acme"));
    }

    @Test
    void spendIsOfThisDayAndThisMonth() {
        // 21 September 2026, 14:13 UTC.
        get(ledger().settle(used("a", "acme", "nova", 5)));
        advance(86_400_000);
        get(ledger().settle(used("b", "acme", "nova", 6)));
        assertEquals(List.of(row("acme", "nova", 6, 11, 1, 2)), spend("acme"));
        advance(86_400_000);
        assertEquals(List.of(row("acme", "nova", 0, 11, 0, 2)), spend("acme"));
        advance(8 * 86_400_000L);
        assertEquals(List.of(), spend("acme"), "1 October");
        get(ledger().settle(used("c", "acme", "nova", 7)));
        assertEquals(List.of(row("acme", "nova", 7, 7, 1, 1)), spend("acme"));
    }

    @Test
    void madeUpNamesAreOneRowPastABound() {
        for (int i = 0; i < 80; i++) {
            get(ledger().settle(used("a" + i, "acme", "made-up-%02d".formatted(i), 1)));
        }
        get(ledger().settle(used("b", "acme", "made-up-00", 1)));
        List<Spend> rows = spend("acme");
        assertEquals(65, rows.size());
        assertEquals(new Spend("acme", "_other", "_other", 16, 16, 16, 16, 112, 112), rows.get(0));
        assertEquals(row("acme", "made-up-00", 2, 2, 2, 2), rows.get(1));
        advance(86_400_000);
        get(ledger().settle(used("c", "acme", "made-up-79", 1)));
        assertEquals(row("acme", "made-up-79", 1, 1, 1, 1), spend("acme").get(65), "the next day has its own bound");
    }

    @Test
    void spendIsReadInPagesOfWholeTenants() {
        String name = "caf\u00e9 <img>/%";
        for (String tenant : List.of("a", "b", "c", name)) {
            get(ledger().settle(used(tenant + 1, tenant, "nova/1%", 1)));
            get(ledger().settle(used(tenant + 2, tenant, "haiku", 2)));
        }
        StringBuilder read = new StringBuilder();
        String cursor = "";
        do {
            SpendPage page = get(ledger().spend(Optional.empty(), cursor, 3));
            assertTrue(page.rows().size() <= 4, page.toString());
            page.rows().forEach(r -> read.append(r.tenant())
                    .append(':')
                    .append(r.model())
                    .append(' '));
            cursor = page.next();
        } while (!cursor.isEmpty());
        assertEquals(
                "a:haiku a:nova/1% b:haiku b:nova/1% c:haiku c:nova/1% %1$s:haiku %1$s:nova/1%% "
                        .replace("%1$s", name)
                        .replace("%%", "%"),
                read.toString());
    }

    @Test
    void aLongNameIsCutAndCountedOn() {
        get(ledger().settle(used("a", "acme", "x".repeat(5000), 1)));
        get(ledger().settle(used("b", "acme", "x".repeat(4000), 2)));
        assertEquals(List.of(row("acme", "x".repeat(128), 3, 3, 2, 2)), spend("acme"));
    }
}
