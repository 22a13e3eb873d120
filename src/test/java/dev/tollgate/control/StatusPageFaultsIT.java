package dev.tollgate.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Browser;
import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.RealRedis;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Stalls;
import dev.tollgate.harness.Upstreams;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the status page says when something is wrong. */
class StatusPageFaultsIT {

    private static final String GOOD = """
            limits:
              - { name: day, budget: { usd: 5, per: day } }
              - { name: tpm, per: [model], rate: { tokens: 100000, every: 1m } }
            """;
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String STATE = "document.getElementById('state')";

    private final Path policy = Upstreams.policy(GOOD);

    private Map<String, String> settings(Upstreams upstream, RealRedis redis) {
        return upstream.settings(
                redis, "TOLLGATE_POLICY_CHECK_EVERY", "50ms", "TOLLGATE_POLICY_FILE", policy.toString());
    }

    private static void open(Browser browser, SidecarProcess sidecar) {
        // On a busy machine the first call may miss the ledger's deadline.
        Ports.await(
                "a call",
                () -> Http.post(sidecar, Http.NOVA + "converse", Http.converse(5))
                                .statusCode()
                        == 200);
        browser.open("http://127.0.0.1:" + sidecar.managementPort() + "/tollgate/", 1200, 900, false);
        browser.await(SOON, "numbers", STATE + ".dataset.state === 'ok' && last.spend.length === 1");
    }

    @Test
    void anOutageOfRedisIsSaidWithinTwoSecondsAndItsEndToo() {
        try (Upstreams upstream = Upstreams.start();
                RealRedis redis = RealRedis.start();
                SidecarProcess sidecar = SidecarProcess.serve(settings(upstream, redis));
                Browser browser = Browser.start();
                Stalls stalls = new Stalls()) {
            open(browser, sidecar);
            String used = browser.text("document.querySelector('#budgets td:nth-child(3)').textContent");
            redis.kill();
            long killed = System.nanoTime();
            browser.await(SOON, "the banner", STATE + ".dataset.state === 'degraded'");
            long millis = (System.nanoTime() - killed) / 1_000_000;
            // What the machine itself is late by is not the page's.
            assertTrue(millis < 2000 + 5 * stalls.mostMillis(), millis + " ms, stalls of " + stalls.mostMillis());
            System.out.printf("The outage was shown after %d ms%n", millis);
            String said = browser.text(STATE + ".textContent");
            assertTrue(said.matches("Redis away for \\d+ s: budgets deny, rates run on this pod's share\\."), said);
            assertEquals(
                    used,
                    browser.text("document.querySelector('#budgets td:nth-child(3)').textContent"),
                    "the last numbers stay");
            browser.await(SOON, "their age to grow", "last.ledger.ageMillis > 2000");
            redis.restart();
            browser.await(SOON, "the end of the outage", STATE + ".dataset.state === 'ok'");
            assertEquals(List.of(), browser.complaints());
        }
    }

    @Test
    void mistakesOfThePolicyAreShownWithTheirLinesUntilTheyAreMended() {
        try (Upstreams upstream = Upstreams.start();
                RealRedis redis = RealRedis.start();
                SidecarProcess sidecar = SidecarProcess.serve(settings(upstream, redis));
                Browser browser = Browser.start()) {
            open(browser, sidecar);
            Upstreams.replace(
                    policy,
                    "limits:\n  - { name: day, budget: { usd: \"<b>much</b>\", per: day } }\n  - { nam: x, concurrency: 1 }\n");
            browser.await(SOON, "the mistakes", "!document.getElementById('mistakes').hidden");
            String first = browser.text("document.querySelector('#mistakes li').textContent");
            assertTrue(first.startsWith("line 2: ") && first.contains("found \"<b>much</b>\""), first);
            assertTrue(browser.text("document.querySelector('#mistakes li:last-child').textContent")
                    .startsWith("line 3: "));
            assertEquals("degraded", browser.text(STATE + ".dataset.state"));
            assertTrue(browser.text(STATE + ".textContent").contains("the last good one stays in force"));
            Upstreams.replace(policy, GOOD + "\n");
            browser.await(SOON, "no mistakes", "document.getElementById('mistakes').hidden");
            assertEquals("ok", browser.text(STATE + ".dataset.state"));
            assertEquals(List.of(), browser.complaints());
        }
    }

    @Test
    void aSidecarThatIsAwayIsSaidAndFoundAgain() {
        try (Upstreams upstream = Upstreams.start();
                RealRedis redis = RealRedis.start();
                Browser browser = Browser.start()) {
            Map<String, String> settings = new HashMap<>(settings(upstream, redis));
            try (SidecarProcess sidecar = SidecarProcess.serve(settings)) {
                open(browser, sidecar);
                settings.put("TOLLGATE_MANAGEMENT_PORT", String.valueOf(sidecar.managementPort()));
            }
            browser.await(SOON, "the silence to be said", "!document.getElementById('lost').hidden");
            String said = browser.text("document.getElementById('lost').textContent");
            assertTrue(said.startsWith("No news from the sidecar for "), said);
            assertEquals("1", browser.text("document.querySelectorAll('#spend tbody tr').length"), "numbers stay");
            try (SidecarProcess again = SidecarProcess.serve(settings)) {
                browser.await(SOON, "news", "document.getElementById('lost').hidden");
                assertTrue(again.process().isAlive());
            }
        }
    }
}
