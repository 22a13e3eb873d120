package dev.tollgate.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One mistake each, and the one line that an operator reads. */
class PolicyMistakesTest {

    private static String mistakes(String yaml) {
        return assertThrows(PolicyException.class, () -> PolicyReader.read(yaml, 1))
                .getMessage();
    }

    @Test
    void aMistakeIsOneLineOfPrintableText() {
        String control = mistakes("{\"limits\":[{\"name\":\"a\\nb\\u001b[31mred\\u202e\",\"concurrency\":5}]}");
        assertTrue(control.endsWith("found \"a?b?[31mred?\""), control);
        String large = mistakes("limits: [ { name: " + "x".repeat(10_000) + ", concurrency: 5 } ]");
        assertTrue(large.length() < 500, large);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "limits: 5|line 1: limits: expected a list, found \"5\"",
                "limits: {}|line 1: limits: expected a list, found a mapping",
                "limits: [5]|limits[0]: expected a mapping, found \"5\"",
                "limit: []|expected one of aliases, default-max-tokens, limits, profiles, revision, tenants, found \"limit\"",
                "5|line 1: expected a mapping, found \"5\"",
                "[]|line 1: expected a mapping, found a list",
                "tenants: []|line 1: tenants: expected a mapping, found a list",
                "tenants: { a: 5 }|line 1: tenants.a: expected a mapping, found \"5\"",
                "tenants: { a: { costcenter: x } }|expected one of cost-center, environment, found \"costcenter\"",
                "aliases: { a: [] }|line 1: aliases.a: expected a string, found a list",
                "aliases: { a: \"\" }|line 1: aliases.a: expected a string, found nothing",
                "profiles: { a: {} }|line 1: profiles.a: expected a string, found a mapping",
                "default-max-tokens: { a: 0 }|default-max-tokens.a: expected a whole number from 1 to 2^52, found \"0\"",
                "revision: 0|revision: expected a whole number from 1 to 999999999, found 0",
                "revision: 1.5|revision: expected a whole number from 1 to 999999999, found 1.5",
                "revision: 1000000000|revision: expected a whole number from 1 to 999999999, found 1000000000",
                "limits: [ { concurrency: 5 } ]|limits[0]: expected a name, found no \"name\"",
                "limits: [ { name: \"a b\", concurrency: 5 } ]|limits[0].name: expected 1 to 64 of A-Z a-z 0-9 . _ -, found \"a b\"",
                "limits: [ { name: a } ]|limits[0]: expected exactly one of rate, budget, concurrency, found none",
                "limits: [ { name: a, concurrency: 5, budget: { usd: 1, per: day } } ]|expected exactly one of rate, budget, concurrency, found budget and concurrency",
                "limits: [ { name: a, concurrency: [5] } ]|limits[0].concurrency: expected a whole number from 1 to 2^52, found a list",
                "limits: [ { name: a, budget: { usd: { max: 5 }, per: day } } ]|limits[0].budget.usd: expected US dollars from 0.000001 to 4503599627.370496, found a mapping",
                "limits: [ { name: a, budget: { usd: 5, per: day, warn-at: 80 } } ]|limits[0].budget.warn-at: expected a list such as [80, 95], found \"80\"",
                "limits: [ { name: a, concurrency: 0 } ]|limits[0].concurrency: expected a whole number from 1 to 2^52, found \"0\"",
                "limits: [ { name: a, concurrency: 5, mode: off } ]|limits[0].mode: expected one of enforce, shadow, found \"off\"",
                "limits: [ { name: a, concurrency: 5, per: tenant } ]|limits[0].per: expected a list such as [tenant, model], found \"tenant\"",
                "limits: [ { name: a, concurrency: 5, per: [team] } ]|expected each of tenant, model, application, cost-center, environment, user at most once, found \"team\"",
                "limits: [ { name: a, concurrency: 5, per: [tenant, tenant] } ]|at most once, found \"tenant\"",
                "limits: [ { name: a, concurrency: 5, per: [[tenant]] } ]|limits[0].per: expected a list of strings, found a list",
                "limits: [ { name: a, concurrency: 5, match: acme } ]|limits[0].match: expected a mapping, found \"acme\"",
                "limits: [ { name: a, concurrency: 5, match: { team: x } } ]|expected one of application, cost-center, environment, model, tenant, user, found \"team\"",
                "limits: [ { name: a, concurrency: 5, match: { tenant: [] } } ]|limits[0].match.tenant: expected a string, found a list",
                "limits: [ { name: a, concurrency: 5, on-ledger-failure: maybe } ]|limits[0].on-ledger-failure: expected one of deny, open, share, found \"maybe\"",
                "limits: [ { name: a, budget: { usd: 1, per: day }, on-ledger-failure: share } ]|expected deny or open for a budget, found \"share\"",
                "limits: [ { name: a, budget: { usd: 1 } } ]|limits[0].budget: expected per: hour",
                "limits: [ { name: a, budget: { per: day } } ]|limits[0].budget: expected exactly one of tokens, quota-tokens",
                "limits: [ { name: a, budget: { usd: 1, tokens: 1, per: day } } ]|expected exactly one of tokens, quota-tokens",
                "limits: [ { name: a, budget: { usd: 1, per: year } } ]|limits[0].budget.per: expected one of hour, day, week, month, found \"year\"",
                "limits: [ { name: a, budget: { usd: 1, per: day, time-zone: Mars } } ]|limits[0].budget.time-zone: expected a time zone such as UTC or Europe/Vienna, found \"Mars\"",
                "limits: [ { name: a, budget: { usd: 1, per: day, warn-at: [0] } } ]|limits[0].budget.warn-at: expected percentages from 1 to 100, found \"0\"",
                "limits: [ { name: a, budget: { usd: 1, per: day, warn-at: [101] } } ]|expected percentages from 1 to 100, found \"101\"",
                "limits: [ { name: a, budget: { usd: 1, per: day, warn-at: 80 } } ]|limits[0].budget.warn-at: expected a list",
                "limits: [ { name: a, rate: { every: 1m } } ]|limits[0].rate: expected exactly one of tokens",
                "limits: [ { name: a, rate: { tokens: 5, every: 0s } } ]|limits[0].rate.every: expected a duration from 1ms to 31d",
                "limits: [ { name: a, rate: { tokens: 5, burst: 0 } } ]|limits[0].rate.burst: expected a whole number from 1 to 2^52, found \"0\"",
                "limits: [ { name: a, rate: { tokens: 5, every: 31d, burst: 4503599627370496 } } ]|limits[0].rate.burst: expected 2 x burst x period in ms of at most 2^52",
                "limits: [ { name: a, rate: { tokens: 5, per: day } } ]|limits[0].rate: expected one of burst, every,",
                "limits: [ { name: a, rate: 5 } ]|limits[0].rate: expected a mapping, found \"5\"",
                "a: [|line 1: expected YAML, found",
                "a: b: c|line 1: expected YAML, found",
                "a: {b|expected YAML, found",
                "*x|expected YAML, found"
            })
    void aMistakeIsNamedByPlaceExpectedAndFound(String yaml, String message) {
        assertTrue(mistakes(yaml).contains(message), mistakes(yaml));
    }

    @Test
    void aKeyThatComesTwiceIsAMistake() {
        assertTrue(mistakes("aliases:\n  a: x\n  a: y\n").contains("line 3: aliases.a: expected each key once"));
    }

    @Test
    void aNameThatComesTwiceIsAMistake() {
        String yaml = "limits:\n  - { name: a, concurrency: 5 }\n  - { name: a, concurrency: 6 }\n";
        assertTrue(mistakes(yaml)
                .contains("line 3: limits[1].name: expected a name that no other limit has, found \"a\""));
    }

    @Test
    void everyMistakeIsReportedByItsLine() {
        String[] lines = mistakes("""
                limits:
                  - name: a
                    concurrency: none
                  - name: b
                    rate: { tokens: x, every: y }
                typo: 1
                """).split("\n");
        assertEquals(4, lines.length, String.join("\n", lines));
        assertTrue(lines[0].startsWith("line 3: "), lines[0]);
        assertTrue(lines[1].startsWith("line 5: "), lines[1]);
        assertTrue(lines[2].startsWith("line 5: "), lines[2]);
        assertTrue(lines[3].startsWith("line 6: "), lines[3]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "# nothing\n", "limits: []", "{}", "tenants: {}"})
    void aFileWithoutContentHasNoLimits(String yaml) {
        assertEquals(List.of(), PolicyReader.read(yaml, 1).limits());
    }

    @Test
    void theVersionIsGivenUnlessTheFileHasARevision() {
        assertEquals(5, PolicyReader.read("limits: []", 5).version());
        long revised = PolicyReader.read("revision: 7", 5).version();
        assertEquals(Policy.ofRevision(7), revised);
        assertTrue(revised > System.currentTimeMillis());
    }

    @Test
    void garbageIsReportedAndNeverThrowsAnythingElse() {
        Random random = new Random(61);
        String letters = "limits: [{name a,conurrey5}]\n-\"'&*!|>%@`\t#";
        for (int i = 0; i < 3_000; i++) {
            StringBuilder yaml = new StringBuilder();
            for (int n = random.nextInt(60); n > 0; n--) {
                yaml.append(letters.charAt(random.nextInt(letters.length())));
            }
            try {
                PolicyReader.read(yaml.toString(), 1);
            } catch (PolicyException e) {
                assertTrue(e.getMessage().startsWith("line "), e.getMessage());
                assertTrue(!e.problems().isEmpty());
            }
        }
    }

    @Test
    void aSpoiledPolicyIsReadOrItsMistakesAreNamed() {
        String good = """
                revision: 3
                tenants: { acme: { cost-center: sales } }
                aliases: { nova: us.amazon.nova-lite-v1:0 }
                default-max-tokens: { "claude-*": 1000 }
                limits:
                  - { name: tpm, per: [tenant, model], rate: { tokens: 200000, every: 1m, burst: 300000 } }
                  - { name: month, match: { tenant: acme }, budget: { usd: 500, per: month, warn-at: [80] } }
                """;
        PolicyReader.read(good, 1);
        Random random = new Random(62);
        int mistakes = 0;
        for (int i = 0; i < 3_000; i++) {
            StringBuilder yaml = new StringBuilder(good);
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                int at = random.nextInt(yaml.length());
                switch (random.nextInt(3)) {
                    case 0 -> yaml.deleteCharAt(at);
                    case 1 -> yaml.insert(at, "x{}[]:,-0 ".charAt(random.nextInt(10)));
                    default -> yaml.setCharAt(at, (char) (32 + random.nextInt(95)));
                }
            }
            try {
                PolicyReader.read(yaml.toString(), 1);
            } catch (PolicyException e) {
                mistakes++;
            }
        }
        assertTrue(mistakes > 1_000, mistakes + " mistakes");
    }
}
