package dev.tollgate.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.RealChromium;
import dev.tollgate.pricing.PriceBook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {

    private static final Pattern SUM = Pattern.compile("id=\"([a-z0-9-]+)\" data-(?:sum|value)=\"(\\d+)\"");

    @TempDir
    Path folder;

    private static Reports html() {
        return Reports.by(ReportFormat.HTML.keys(List.of("day")).toArray(String[]::new))
                .key("tenant", "TenantID")
                .maxGroups(ReportFormat.HTML.maxGroups());
    }

    private Path page(Report report) throws IOException {
        return Files.writeString(
                folder.resolve("report.html"), Reports.text(ReportFormat.HTML.writer("test", 0, false), report));
    }

    /** What each view of the page sums up to. */
    private static TreeMap<String, Long> sums(String document) {
        TreeMap<String, Long> sums = new TreeMap<>();
        Matcher found = SUM.matcher(document);
        while (found.find()) {
            sums.put(found.group(1), Long.parseLong(found.group(2)));
        }
        return sums;
    }

    private static void assertShows(Totals totals, TreeMap<String, Long> sums) {
        assertEquals(totals.microUsd(), sums.get("total-cost"));
        assertEquals(totals.tokens(), sums.get("total-tokens"));
        assertEquals(totals.calls, sums.get("total-calls"));
        assertEquals(totals.failed, sums.get("total-failed"));
        assertEquals(totals.denied, sums.get("total-denied"));
        assertEquals(totals.timed(), sums.get("latency"));
        sums.forEach((view, sum) -> {
            if (view.startsWith("cost-") || view.equals("types") || view.equals("table")) {
                assertEquals(totals.microUsd(), sum, view);
            } else if (view.startsWith("tokens-")) {
                assertEquals(totals.tokens(), sum, view);
            }
        });
        assertEquals(6 + 2 + 2 * 5 + 3, sums.size(), sums.toString());
    }

    @Test
    void everyViewShowsTheReportsSumsAndFollowsEveryFilter() throws Exception {
        LogTree.write(folder.resolve("tree"), LogTree.Shape.small(21));
        Path tree = folder.resolve("tree");
        String page = page(html().of(tree)).toUri().toString();
        assertShows(html().of(tree).total(), sums(RealChromium.document(page)));
        assertShows(
                html().tenants("tenant-7").of(tree).total(), sums(RealChromium.document(page + "#tenant=tenant-7")));
        String model = "anthropic.claude-sonnet-4-5-20250929-v1:0";
        Report october = html().models(model)
                .since("2026-10-01T00:00:00Z")
                .until("2026-11-01T00:00:00Z")
                .of(tree);
        assertShows(
                october.total(),
                sums(RealChromium.document(page + "#month=2026-10&model=" + model.replace(":", "%3A"))));
        Report day = html().since("2026-11-03T00:00:00Z")
                .until("2026-11-04T00:00:00Z")
                .of(tree);
        assertShows(day.total(), sums(RealChromium.document(page + "#year=2026&day=2026-11-03")));
    }

    @Test
    void namesCannotBecomeMarkupOrScript() throws Exception {
        String name = "</script><script>document.title='owned'</script><img src=x onerror=alert(1)>";
        Path logs = Reports.file(
                folder, "logs.jsonl", Reports.log("r1", "2026-11-03T12:00:00Z", name.replace("'", "\\u0027"), 1, 1));
        String page = Files.readString(page(html().of(logs)));
        assertFalse(page.contains("<img src=x"), "escaped where it stands");
        String document =
                RealChromium.document(folder.resolve("report.html").toUri().toString());
        assertTrue(document.contains("<title>Amazon Bedrock spend</title>"));
        assertFalse(document.contains("<img"));
        assertTrue(document.contains("&lt;img src=x"), "shown as text");
    }

    @Test
    void loadsNothingFromAnywhere() throws IOException {
        String page = Files.readString(page(html().of(folder)));
        assertFalse(page.matches("(?s).*\\b(src|href)=.*"), "no external asset");
        assertFalse(page.replace("http://www.w3.org/2000/svg", "").contains("://"));
        assertTrue(page.contains("default-src 'none'"));
        assertTrue(page.contains("prefers-color-scheme: dark") && page.contains("@media print"));
        assertTrue(page.contains("An estimate; the AWS bill decides."));
        assertTrue(page.contains("2026-11-20T10:00:00Z")
                && page.contains("\"priceVersion\":\"" + PriceBook.bundled().version()));
    }

    @Test
    void namesWhatWasRolledUp() throws Exception {
        LogTree.write(folder.resolve("tree"), LogTree.Shape.small(22));
        Report whole = html().of(folder.resolve("tree"));
        Report bounded = html().maxGroups(300).of(folder.resolve("tree"));
        assertTrue(bounded.rows().size() <= 300);
        String document = RealChromium.document(page(bounded).toUri().toString());
        assertTrue(document.contains("rolled up to stay within the bound of groups: department"), "named");
        assertShows(whole.total(), sums(document));
    }
}
