package dev.tollgate.control;

import static dev.tollgate.control.Statuses.rows;
import static dev.tollgate.control.Statuses.sum;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Browser;
import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Product;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The status page in a real Chromium: what it shows is what the status says, whatever names callers make up. */
class StatusPageIT {

    private static final String HOSTILE = "<img src=x onerror=document.title='owned'>";
    private static final Duration SOON = Duration.ofSeconds(20);

    @RegisterExtension
    static final Product GATEWAY = Product.with().trusting("*").policy("""
                    limits:
                      - { name: day, per: [tenant], budget: { usd: 0.02, per: day, time-zone: Europe/Vienna, warn-at: [80] } }
                      - { name: tpm, per: [tenant, model], rate: { tokens: 20000, every: 1m } }
                      - { name: inflight, per: [tenant], concurrency: 20 }
                      - { name: all-month, budget: { usd: 500, per: month }, mode: shadow }
                    tenants: { acme: { cost-center: a }, globex: { cost-center: b } }
                    """).redis();

    private static Browser browser;

    @BeforeAll
    static void open() {
        for (int i = 0; i < 4; i++) {
            call("acme", 1000 * i);
        }
        call("globex", 50);
        call(HOSTILE, 20);
        browser = Browser.start();
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
    }

    @AfterEach
    void theConsoleIsSilent() {
        assertEquals(List.of(), browser.complaints());
    }

    private static void call(String tenant, int tokens) {
        Http.post(
                GATEWAY.sidecar(),
                "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse",
                Http.converse(Math.max(1, tokens)),
                "X-Tollgate-Tenant",
                tenant,
                "x-simulate",
                "tokens=" + Math.max(1, tokens / 5));
    }

    private static JsonObject settled() {
        return Statuses.await(
                GATEWAY.sidecar(),
                "calls to be settled",
                s -> sum(s, "limits", "held") == 0
                        && sum(s, "spend", "monthCalls")
                                == rows(s, "recent").stream()
                                        .filter(c -> c.getString("outcome").equals("completed"))
                                        .count());
    }

    private static void show(int width, boolean dark) {
        browser.open("http://127.0.0.1:" + GATEWAY.sidecar().managementPort() + "/tollgate/", width, 900, dark);
        browser.await(SOON, "the first numbers", "document.getElementById('state').dataset.state === 'ok'");
        browser.await(SOON, "spend", "document.querySelectorAll('#spend tbody tr').length === 3");
    }

    private static List<String> texts(String selector) {
        return List.of(browser.text("[...document.querySelectorAll(" + quoted(selector)
                        + ")].map(e => e.textContent).join('\\u0001')")
                .split("\u0001"));
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }

    /** As the page writes amounts: as many decimals as one of this size needs. */
    private static String usd(long micro) {
        int decimals = micro % 10_000 == 0 || micro >= 1_000_000_000 ? 2 : micro < 10_000 ? 6 : 4;
        BigDecimal amount = BigDecimal.valueOf(micro, 6).setScale(decimals, RoundingMode.HALF_EVEN);
        return "$" + String.format(Locale.ROOT, "%,." + decimals + "f", amount);
    }

    @Test
    void whatItShowsIsWhatTheStatusSays() {
        JsonObject status = settled();
        show(1200, false);
        assertEquals(status.getString("summary"), browser.text("document.getElementById('state').textContent"));
        for (JsonObject row : rows(status, "spend")) {
            List<String> cells =
                    texts("#spend tbody tr:nth-child(" + place(row.getString("tenant"), "#spend") + ") td");
            assertEquals(row.getString("model"), cells.get(1));
            assertEquals(usd(row.getLong("dayMicroUsd")), cells.get(2));
            assertEquals(usd(row.getLong("monthMicroUsd")), cells.get(3));
            assertEquals(String.valueOf(row.getLong("dayCalls")), cells.get(4));
            assertEquals(String.valueOf(row.getLong("monthCalls")), cells.get(5));
        }
        assertEquals(
                usd(sum(status, "spend", "monthMicroUsd")),
                texts("#spend tfoot td").get(1));
        for (JsonObject limit : rows(status, "limits")) {
            if (limit.getString("kind").equals("budget")) {
                assertShows(limit);
            }
        }
        assertEquals(
                rows(status, "recent").stream()
                        .map(c -> c.getString("requestId"))
                        .toList(),
                texts("#recent tbody td:last-child"));
        assertEquals(
                rows(status, "recent").stream()
                        .map(c -> usd(c.getLong("costMicroUsd")))
                        .toList(),
                texts("#recent tbody td:nth-child(5)"));
    }

    /** The row in which a tenant is, from 1. */
    private static int place(String tenant, String table) {
        List<String> tenants = texts(table + " tbody td:first-child");
        assertTrue(tenants.contains(tenant), tenants + " has " + tenant);
        return tenants.indexOf(tenant) + 1;
    }

    private static void assertShows(JsonObject limit) {
        String tenant = limit.getString("tenant").equals("all") ? "all tenants" : limit.getString("tenant");
        List<String> names = texts("#budgets tbody td:first-child");
        int row = 1;
        while (row <= names.size() && !names.get(row - 1).startsWith(limit.getString("bucket") + tenant + " · ")) {
            row++;
        }
        assertTrue(row <= names.size(), names + " has " + tenant);
        List<String> cells = texts("#budgets tbody tr:nth-child(" + row + ") td");
        assertEquals(usd(limit.getLong("used")), cells.get(2));
        assertEquals(usd(limit.getLong("held")), cells.get(3));
        assertEquals(usd(limit.getLong("limit")), cells.get(4));
        assertTrue(cells.get(5).contains(limit.getString("timeZone")), cells.get(5));
        assertEquals(limit.getString("exhaustedAt") != null, cells.get(5).contains("exhausted at this pace"));
        assertEquals(
                limit.getJsonArray("warnAt").size(),
                ((Number) browser.value(
                                "document.querySelectorAll('#budgets tbody tr:nth-child(" + row + ") .bar b').length"))
                        .intValue());
    }

    @Test
    void budgetsAreSortedByFullness() {
        settled();
        show(1200, false);
        List<String> names = texts("#budgets tbody td:first-child");
        assertTrue(names.get(0).startsWith("dayacme"), names.toString());
        assertTrue(names.get(names.size() - 1).startsWith("all-month"), names.toString());
    }

    @Test
    void aNameOfMarkupIsText() {
        settled();
        show(1200, false);
        assertTrue(texts("#spend tbody td:first-child").contains(HOSTILE));
        assertTrue(texts("#recent tbody td:nth-child(2)").contains(HOSTILE));
        assertTrue(
                texts("summary").stream().anyMatch(s -> s.startsWith(HOSTILE + ": ")),
                texts("summary").toString());
        assertEquals(0, ((Number) browser.value("document.images.length")).intValue());
        assertEquals("Tollgate", browser.text("document.title"));
    }

    @Test
    void theBrowserRefusesMarkupToo() {
        show(1200, false);
        String refused = browser.text(
                "(() => { try { document.body.innerHTML = '<b>x</b>'; return 'made'; } catch (e) { return e.name; } })()");
        assertEquals("TypeError", refused);
        Ports.await("Chromium's complaint", () -> !browser.complaints().isEmpty());
        browser.calm();
    }

    @Test
    void ratesAreCollapsedByTenantAndOpenByKeyboard() {
        settled();
        show(1200, false);
        assertEquals("0", browser.text("document.querySelectorAll('details[open]').length"));
        focus("document.activeElement.tagName === 'SUMMARY'");
        String tenant = browser.text("document.activeElement.textContent.split(':')[0]");
        browser.press("Enter");
        browser.await(SOON, "its limits", "document.querySelectorAll('details[open] tbody tr').length === 2");
        List<String> limits = texts("details[open] tbody td:first-child");
        assertTrue(limits.get(0).startsWith("inflight" + tenant + " · concurrency"), limits.toString());
        assertTrue(limits.get(1).startsWith("tpm/claude-sonnet-4-5" + tenant + " · "), limits.toString());
    }

    /** Presses Tab until something has the focus, and finds that it is seen. */
    private static void focus(String condition) {
        for (int i = 0; i < 30 && !Boolean.TRUE.equals(browser.value(condition)); i++) {
            browser.press("Tab");
        }
        assertEquals(true, browser.value(condition), condition);
        assertEquals("solid", browser.text("getComputedStyle(document.activeElement).outlineStyle"));
    }

    @Test
    void theFilterIsReachedByOneKeyAndNarrowsEverything() {
        settled();
        show(1200, false);
        browser.press("/");
        assertEquals("filter", browser.text("document.activeElement.id"));
        "globex".chars().forEach(c -> browser.press(String.valueOf((char) c)));
        browser.await(SOON, "one tenant", "document.querySelectorAll('#spend tbody tr').length === 1");
        assertEquals(List.of("globex"), texts("#spend tbody td:first-child"));
        assertEquals(List.of("globex"), texts("#recent tbody td:nth-child(2)"));
        assertTrue(texts("#budgets tbody td:first-child").get(0).startsWith("dayglobex"));
        assertEquals(1, texts("summary").size());
    }

    @Test
    void aPhoneIsWideEnough() {
        settled();
        for (int width : List.of(400, 320)) {
            show(width, false);
            browser.value("document.querySelectorAll('details').forEach(d => d.open = true)");
            browser.await(SOON, "rates", "document.querySelectorAll('details[open] tbody tr').length >= 6");
            assertEquals(
                    "[]",
                    browser.text("JSON.stringify([...document.querySelectorAll('body *')].filter(e =>"
                            + " e.getBoundingClientRect().right > " + width + " + 1 && !e.closest('thead'))"
                            + ".map(e => e.tagName + e.textContent))"));
            assertEquals(width, ((Number) browser.value("document.documentElement.scrollWidth")).intValue());
        }
    }

    @Test
    void darkAndLightFollowTheSystem() {
        show(1200, true);
        String dark = browser.text("getComputedStyle(document.body).backgroundColor");
        show(1200, false);
        assertFalse(dark.equals(browser.text("getComputedStyle(document.body).backgroundColor")), dark);
    }

    @Test
    void aCallShowsWithinASecondOrTwo() {
        show(1200, false);
        int before = texts("#recent tbody td:first-child").size();
        call("globex", 5);
        browser.await(SOON, "the call", "document.querySelectorAll('#recent tbody tr').length === " + (before + 1));
    }
}
