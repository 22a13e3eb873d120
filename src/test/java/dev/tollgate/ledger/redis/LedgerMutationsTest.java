package dev.tollgate.ledger.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Guards, writes and bounds of the script, each taken away or changed: some seed of the model notices. What only an emptied
 * tenant shows is in {@link LedgerArgumentsTest}.
 */
@Timeout(900)
class LedgerMutationsTest {

    private static final int SEEDS = 50;

    private record Mutation(String guard, String without) {}

    private static final List<Mutation> MUTATIONS = List.of(
            // Decisions.
            new Mutation("elseif cell[LEVEL] < estimate then", "elseif cell[LEVEL] + 1 < estimate then"),
            new Mutation(
                    "elseif cell[USED] + cell[HOLDS] + estimate > limit[MOST] then",
                    "elseif cell[USED] + estimate > limit[MOST] then"),
            new Mutation("if estimate > cell[BURST] then", "if false then"),
            new Mutation("elseif estimate > limit[MOST] then", "elseif false then"),
            new Mutation("(now < limit[STARTS] or now >= limit[ENDS])", "(now < limit[STARTS])"),
            new Mutation("elseif now < opens and limit[ENFORCED] then", "elseif false then"),
            new Mutation("(why == status and need > wait)", "false"),
            new Mutation("RANK[why] > RANK[status]", "status == 1"),
            new Mutation("if cell[NEW] and not cell[DIRTY] then", "if false then"),
            new Mutation("if other[HOME] == home and other[NEW] and other[DIRTY] then taken = taken + 1 end", ""),
            new Mutation(
                    "status = state == HELD and 2 or 3\n    else\n      local bit",
                    "status = 2\n    else\n      local bit"),
            new Mutation(
                    "status = state == HELD and 2 or 3\n    else\n      status, holds = 10",
                    "status = 2\n    else\n      status, holds = 10"),
            new Mutation(
                    "    if value then\n      status = state == HELD and 2 or 3\n    else\n      status, holds = 10, true\n    end",
                    "    status, holds = 10, true"),
            new Mutation("if own[j] == name then place = j end", ""),
            new Mutation("if shared[j] == name then place = -j end", ""),
            new Mutation(
                    "local index = place > 0 and place or owns - place", "local index = place > 0 and place or -place"),
            new Mutation("limit[CELL] = cell\n    if kind", "if kind"),
            // Rates.
            new Mutation("elseif elapsed < -5000 then", "elseif false then"),
            new Mutation("cell[LEVEL], cell[REM] = burst, 0\n          else", "cell[LEVEL] = burst\n          else"),
            new Mutation(
                    "cell[LEVEL], cell[REM] = cell[LEVEL] + (num - left) / period, left",
                    "cell[LEVEL], cell[REM] = cell[LEVEL] + (num - left) / period, 0"),
            new Mutation("elseif limit[KEPT] > cell[VERSION] then", "elseif limit[KEPT] ~= cell[VERSION] then"),
            new Mutation("cell[LEVEL] = level < -burst and -burst or level", "cell[LEVEL] = level"),
            new Mutation(
                    "level, cell[REM] = burst, 0\n            elseif level", "level = burst\n            elseif level"),
            new Mutation("elseif level < -burst then\n              level = -burst", "elseif false then"),
            new Mutation("if num >= (burst - cell[LEVEL]) * period then", "if false then"),
            // Ends of calls.
            new Mutation("if state == ENDED or (not state and acked) then", "if state == ENDED then"),
            new Mutation("if state == ENDED or (not state and acked) then", "if not state and acked then"),
            new Mutation("elseif finishes and state and value ~= body and", "elseif false and"),
            new Mutation("(state == HELD or sub(value, 2) ~= sub(body, 2)) then", "state == HELD then"),
            new Mutation("local held = cell[HOLDS] - estimate", "local held = cell[HOLDS]"),
            new Mutation("used = used - estimate", ""),
            new Mutation(
                    "if acked or (state and not settles) then put(entry, false) else",
                    "if acked then put(entry, false) else"),
            new Mutation("else put(entry, 'E', now + HOUR) end", "else put(entry, false) end"),
            new Mutation(
                    "cell[USED] = used\n              if limit[KEPT] > cell[KEEP] then cell[KEEP] = limit[KEPT] end",
                    "cell[USED] = used"),
            new Mutation("if limit[KIND] == BUDGET and limit[KEPT] > cell[KEEP] then cell[KEEP] = limit[KEPT] end", ""),
            new Mutation("put(entry, value, now + lease)", "put(entry, value, now)"),
            new Mutation("if used < 0 then used, underflows = 0, min(255, underflows + 1) end", ""),
            // Lapses.
            new Mutation("if code % 4 == BUDGET then cell[USED] = min(MAX, cell[USED] + amount) end", ""),
            new Mutation("cell[HOLDS] = max(0, cell[HOLDS] - amount)", ""),
            new Mutation("put(entry, 'L' .. sub(value, 2), now + DAY)", "put(entry, false)"),
            new Mutation("if due > now or over == limit then", "if due >= now or over == limit then"),
            new Mutation("local limit = sweeps and 64 or 4", "local limit = sweeps and 64 or 3"),
            new Mutation("then lapse(entry) else put(entry, false) end", "then lapse(entry) end"),
            // Lives.
            new Mutation(
                    "elseif known == life and (stored < acknowledged or lost) then",
                    "elseif known == life and lost then"),
            new Mutation(
                    "elseif known == life and (stored < acknowledged or lost) then",
                    "elseif known == life and stored < acknowledged then"),
            new Mutation("if known ~= life then return pack('<BI8I8I8', 1, now, stored, stored) .. life end", ""),
            new Mutation("begins, learned = #org[1] > 42, here", "learned = here"),
            new Mutation("opens, fresh = waits and now + recovery or 0, waits and 0 or 1", "opens, fresh = 0, 0"),
            new Mutation("if fresh == 1 then opens, fresh, life_changed = now + recovery, 0, true end", ""),
            new Mutation("seen_in ~= era and seen > cell[of] then", "seen > cell[of] then"),
            new Mutation("seen_in == previous and BASE or PRIOR", "BASE"),
            new Mutation("cell[PRIOR] = seen_in == previous and cell[BASE] or cell[USED]", "cell[PRIOR] = cell[USED]"),
            new Mutation("cell[BASE], cell[ERA] = cell[USED], era", "cell[ERA] = era"),
            new Mutation("  if life_changed then", "  if false then"),
            new Mutation("known ~= '' or acknowledged > 0 or", "acknowledged > 0 or"),
            // Marks.
            new Mutation("if threshold == 0 then reported = cell[RESET] > 0 and 255 or -1 end", ""),
            new Mutation("if reported >= threshold then", "if false then"),
            // Writes, index and header.
            new Mutation("call('ZADD', KEYS[4], unpack(scores))", "do end"),
            new Mutation("call('ZREM', KEYS[4], unpack(over_ids))", "do end"),
            new Mutation("call('HDEL', KEYS[3], unpack(dropped))", "do end"),
            new Mutation("call('ZADD', KEYS[2], earliest > 0 and min(earliest, look) or look, tenant)", "do end"),
            new Mutation(
                    "if soonest and (earliest == 0 or soonest < earliest) then earliest, header_changed = soonest, true end",
                    "if soonest and earliest == 0 then earliest, header_changed = soonest, true end"),
            new Mutation(
                    "(earliest == 0 or soonest < earliest) then earliest, header_changed = soonest, true end",
                    "(earliest == 0 or soonest < earliest) then earliest = soonest end"),
            new Mutation("earliest = due\n      break", "break"),
            new Mutation("stored = max(stored, number)\n  org_fields[2]", "org_fields[2]"),
            new Mutation("call('HSET', KEYS[1], unpack(org_fields, 1, orgs))", "do end"),
            new Mutation("call('HSET', KEYS[3], unpack(own_fields, 1, owned))", "do end"),
            // Heartbeats.
            new Mutation("call('ZADD', KEYS[5], -ended[i + 1], ended[i])", "do end"),
            new Mutation("call('ZREM', KEYS[6], ended[i])", "do end"),
            new Mutation("call('HDEL', KEYS[1], 'p' .. forgotten[i])", "do end"),
            new Mutation("call('ZREM', KEYS[5], forgotten[i])", "do end"),
            new Mutation(
                    "if lease > 0 then call('ZADD', KEYS[6], 0, pod) else call('ZREM', KEYS[6], pod) end",
                    "call('ZADD', KEYS[6], 0, pod)"),
            new Mutation("call('HSET', KEYS[1], 'p' .. pod, pack('<I8', stored))\n  if learned", "if learned"),
            new Mutation("call('ZADD', KEYS[2], 'NX', now + HOUR, '')", ""),
            // Sweeps.
            new Mutation("return cell[HOLDS] == 0\n      and (cell[KEEP]", "return (cell[KEEP]"),
            new Mutation(
                    "if kind == CONCURRENCY then return cell[HOLDS] == 0 end",
                    "if kind == CONCURRENCY then return true end"),
            new Mutation("return cell[LEVEL] >= cell[BURST] end", "return true end"),
            new Mutation(
                    "cell[USED] + cell[BASE] + cell[PRIOR] + cell[REPORTED] + cell[RESET] == 0)", "cell[USED] == 0)"),
            new Mutation("call('DEL', KEYS[3])", "do end"),
            new Mutation("look = cursor + spend_cursor > 0 and now or now + HOUR", "look = now + 9 * HOUR"),
            // Spend.
            new Mutation("  elseif number <= stored then", "  elseif false then"),
            new Mutation("    if settles and use then", "    if false then"),
            new Mutation("begun >= MAX_NAMES", "begun > MAX_NAMES"),
            new Mutation("if spend_day < today then spend_day, begun = today, 0 end", ""),
            new Mutation("begun = begun + 1", ""),
            new Mutation("if c[1] < today then", "if c[1] ~= today then"),
            new Mutation("parse('<I2', days) < today - KEPT_DAYS do", "parse('<I2', days) <= today - KEPT_DAYS do"),
            new Mutation("if month > c[2] then", "if true then"),
            new Mutation("if month > c[2] then", "if false then"),
            new Mutation("floor((5 * doy + 2) / 153) + 2", "floor((5 * doy + 2) / 153) + 1"),
            new Mutation("c[1], c[3], c[4], c[5] = today, 0, 0, 0", "c[1] = today"),
            new Mutation("spent[#spent + 1] = days ..", "spent[#spent + 1] ="),
            new Mutation(
                    "spent[#spent + 1], spent[#spent + 2] = '', pack('<I2I2I8', spend_day, begun, spend_cursor)", ""),
            new Mutation("call('ZADD', KEYS[8], 0, tenant)", "do end"),
            new Mutation("parse('<I2', value) < today - KEPT_DAYS)", "parse('<I2', value) <= today - KEPT_DAYS)"),
            new Mutation("parse('<I2', value) < today - KEPT_DAYS)", "false)"),
            new Mutation(
                    "unspent[#unspent + 2] = called, 'd' .. sub(called, 2)", "unspent[#unspent + 2] = called, called"),
            new Mutation("call('DEL', KEYS[7])", "do end"),
            new Mutation("call('ZREM', KEYS[8], tenant)", "do end"));

    @BeforeAll
    static void start() {
        LedgerModelTest.start();
    }

    @AfterAll
    static void stop() {
        LedgerModelTest.stop();
    }

    @Test
    void everyGuardAndWriteTakenAwayIsNoticed() {
        String script = RedisFixture.scriptWithTestClock();
        List<String> unnoticed = new ArrayList<>();
        for (Mutation mutation : MUTATIONS) {
            assertTrue(script.contains(mutation.guard), "the script has no " + mutation.guard);
            String mutant = script.replace(mutation.guard, mutation.without);
            boolean noticed = false;
            for (int seed = 0; seed < SEEDS && !noticed; seed++) {
                noticed =
                        !LedgerModelTest.run(seed, 200, mutant, new TreeMap<>()).isEmpty();
            }
            if (!noticed) {
                unnoticed.add(mutation.guard + " -> " + mutation.without);
            }
        }
        assertEquals(List.of(), unnoticed);
    }
}
