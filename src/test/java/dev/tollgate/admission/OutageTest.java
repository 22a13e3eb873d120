package dev.tollgate.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollgate.admission.Outage.Refusal;
import dev.tollgate.harness.ManualClock;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.PodShare;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Decisions without the ledger, by a clock that the test moves. */
class OutageTest {

    private final ManualClock clock = new ManualClock(1_795_000_000_000L);
    private final Pods.Events events = new Pods.Events();
    private final List<Hold> live = new ArrayList<>();
    private Optional<PodShare> heard = Optional.of(PodShare.ALONE);
    private int ids;

    private Outage outage(OptionalInt expectedPods) {
        AdmissionSettings settings = new AdmissionSettings(
                Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(1), expectedPods, false);
        return new Outage(clock, settings, () -> heard, events, () -> live);
    }

    private Outage outage() {
        return outage(OptionalInt.empty());
    }

    private Plan plan(String limits) {
        return Plan.of(
                Pods.policy("limits: [ " + limits + " ]"),
                Pods.demand("acme", "amazon.nova-lite-v1:0", 100),
                clock.instant());
    }

    private Hold hold(Plan plan) {
        return new Hold("id-" + ids++, "acme", Duration.ofSeconds(60), plan.claims());
    }

    private Optional<Refusal> decide(Outage outage, Plan plan) {
        return outage.decide(plan, hold(plan));
    }

    /** How many of so many calls may proceed. */
    private int admitted(Outage outage, Plan plan, int calls) {
        int admitted = 0;
        for (int i = 0; i < calls; i++) {
            admitted += decide(outage, plan).isEmpty() ? 1 : 0;
        }
        return admitted;
    }

    @Test
    void aBudgetDenies() {
        Plan plan = plan("{ name: day, budget: { usd: 5, per: day } }");
        assertEquals(Optional.of(new Refusal(0, java.util.OptionalLong.empty())), decide(outage(), plan));
    }

    @Test
    void anOpenLimitLetsCallsPassAndCountsThem() {
        Plan plan = plan("{ name: day, budget: { usd: 5, per: day }, on-ledger-failure: open }");
        assertEquals(3, admitted(outage(), plan, 3));
        assertEquals(List.of("day", "day", "day"), events.open);
    }

    @Test
    void aShadowLimitLetsCallsPass() {
        Plan plan = plan("{ name: day, budget: { usd: 5, per: day }, mode: shadow }");
        assertEquals(2, admitted(outage(), plan, 2));
    }

    @Test
    void aRateThatDeniesByThePolicyDenies() {
        Plan plan = plan("{ name: r, rate: { requests: 5, every: 1m }, on-ledger-failure: deny }");
        assertEquals(0, admitted(outage(), plan, 2));
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 10", "2, 0, 5", "2, 1, 5", "3, 0, 3", "3, 2, 4", "10, 0, 1", "4, -1, 2"})
    void aPodSharesARateByItsRank(int pods, int rank, int share) {
        heard = Optional.of(new PodShare(pods, rank));
        Plan plan = plan("{ name: r, rate: { requests: 10, every: 10h } }");
        assertEquals(share, admitted(outage(), plan, 20));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 7, 10})
    void theSharesOfAllPodsAreTheLimit(int pods) {
        Plan plan = plan("{ name: r, rate: { requests: 10, every: 10h } }");
        int sum = 0;
        for (int rank = 0; rank < pods; rank++) {
            heard = Optional.of(new PodShare(pods, rank));
            sum += admitted(outage(), plan, 20);
        }
        assertEquals(10, sum);
    }

    @Test
    void aShareRefillsAtItsPartOfTheRate() {
        heard = Optional.of(new PodShare(2, 0));
        Plan plan = plan("{ name: r, rate: { requests: 10, every: 10s } }");
        Outage outage = outage();
        assertEquals(5, admitted(outage, plan, 20));
        clock.advance(10_000);
        assertEquals(5, admitted(outage, plan, 20), "half of ten in ten seconds");
    }

    @Test
    void aUsedUpShareSaysWhenItHasRoom() {
        Plan plan = plan("{ name: r, rate: { requests: 10, every: 10s } }");
        Outage outage = outage();
        admitted(outage, plan, 10);
        assertEquals(1_000, decide(outage, plan).orElseThrow().shareWait().orElseThrow());
    }

    @Test
    void whoNeverHeardOfOthersHasNoShare() {
        heard = Optional.empty();
        assertEquals(0, admitted(outage(), plan("{ name: r, rate: { requests: 10, every: 10h } }"), 5));
    }

    @Test
    void theExpectedNumberOfPodsIsAShareForThoseWhoNeverHeard() {
        heard = Optional.empty();
        Plan plan = plan("{ name: r, rate: { requests: 10, every: 10h } }");
        assertEquals(2, admitted(outage(OptionalInt.of(5)), plan, 20));
    }

    @Test
    void fewerPodsWhileTheOutageLastsDoNotRaiseAShare() {
        heard = Optional.of(new PodShare(5, 0));
        Plan plan = plan("{ name: r, rate: { requests: 10, every: 10h } }");
        Outage outage = outage();
        assertEquals(2, admitted(outage, plan, 5));
        heard = Optional.of(new PodShare(1, 0));
        assertEquals(0, admitted(outage, plan, 5));
    }

    @Test
    void morePodsWhileTheOutageLastsLowerAShare() {
        heard = Optional.of(PodShare.ALONE);
        Plan plan = plan("{ name: r, rate: { requests: 10, every: 10h } }");
        Outage outage = outage();
        assertEquals(4, admitted(outage, plan, 4));
        heard = Optional.of(new PodShare(5, 0));
        assertEquals(0, admitted(outage, plan, 5), "two for each, and four were used");
    }

    @ParameterizedTest
    @CsvSource({"29999, true", "30000, true", "30001, false", "3600000, false"})
    void sharesLastForTheGraceTime(long laterMillis, boolean admits) {
        Plan plan = plan("{ name: r, rate: { requests: 10000000, every: 1s } }");
        Outage outage = outage();
        assertEquals(1, admitted(outage, plan, 1));
        clock.advance(laterMillis);
        assertEquals(admits ? 1 : 0, admitted(outage, plan, 1));
    }

    @Test
    void theGraceTimeStartsOverWithTheNextOutage() {
        Plan plan = plan("{ name: r, rate: { requests: 10000000, every: 1s } }");
        Outage outage = outage();
        admitted(outage, plan, 1);
        clock.advance(60_000);
        assertEquals(0, admitted(outage, plan, 1));
        outage.over();
        assertEquals(1, admitted(outage, plan, 1));
    }

    @Test
    void aConcurrencyShareIsFreedByTheCallsEnd() {
        heard = Optional.of(new PodShare(2, 0));
        Plan plan = plan("{ name: busy, concurrency: 4 }");
        Outage outage = outage();
        Hold first = hold(plan);
        assertEquals(Optional.empty(), outage.decide(plan, first));
        assertEquals(1, admitted(outage, plan, 5));
        outage.ended(first);
        assertEquals(1, admitted(outage, plan, 5));
    }

    @Test
    void callsThatTheLedgerAdmittedTakePartOfAConcurrencyShare() {
        Plan plan = plan("{ name: busy, concurrency: 4 }");
        live.add(hold(plan));
        live.add(hold(plan));
        live.add(hold(plan));
        assertEquals(1, admitted(outage(), plan, 5));
    }

    @Test
    void aCallThatTheLedgerAdmittedFreesItsPartWhenItEnds() {
        Plan plan = plan("{ name: busy, concurrency: 1 }");
        Hold before = hold(plan);
        live.add(before);
        Outage outage = outage();
        assertEquals(0, admitted(outage, plan, 2));
        outage.ended(before);
        assertEquals(1, admitted(outage, plan, 2));
    }

    @Test
    void endingTwiceFreesOnce() {
        Plan plan = plan("{ name: busy, concurrency: 2 }");
        Outage outage = outage();
        Hold first = hold(plan);
        outage.decide(plan, first);
        decide(outage, plan);
        outage.ended(first);
        outage.ended(first);
        assertEquals(1, admitted(outage, plan, 5));
    }

    @Test
    void theRefusalNamesTheLimitThatDenies() {
        Plan plan = plan("{ name: open, concurrency: 5, on-ledger-failure: open },"
                + " { name: r, rate: { requests: 1000, every: 1m } }, { name: day, budget: { usd: 5, per: day } }");
        assertEquals(2, decide(outage(), plan).orElseThrow().index());
    }

    @Test
    void aCallThatOneLimitDeniesTakesNothingOfAnother() {
        Plan both = plan("{ name: r, rate: { requests: 3, every: 10h } }, { name: busy, concurrency: 1 }");
        Outage outage = outage();
        Hold first = hold(both);
        outage.decide(both, first);
        assertEquals(0, admitted(outage, both, 5), "one is in flight");
        outage.ended(first);
        Hold second = hold(both);
        assertEquals(Optional.empty(), outage.decide(both, second));
        outage.ended(second);
        assertEquals(1, admitted(outage, both, 1), "of three requests only two were used");
    }

    @Test
    void aCallThatIsDeniedIsNotCountedAsPassedOpen() {
        Plan plan = plan(
                "{ name: open, concurrency: 5, on-ledger-failure: open }, { name: day, budget: { usd: 5, per: day } }");
        decide(outage(), plan);
        assertEquals(List.of(), events.open);
    }
}
