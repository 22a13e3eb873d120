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

/** Guards, writes and bounds of the script, each taken away or changed: some seed of the model notices. */
@Timeout(900)
class LedgerMutationsTest {

    private static final int SEEDS = 50;

    private record Mutation(String guard, String without) {}

    private static final List<Mutation> MUTATIONS = List.of(
            // Decisions.
            new Mutation("if cell.level < estimate then", "if cell.level + 1 < estimate then"),
            new Mutation("if used + cell.held + estimate > limit.limit then", "if used + estimate > limit.limit then"),
            new Mutation("if estimate > cell.burst then return 5, 0 end", ""),
            new Mutation("if estimate > limit.limit then return 5, 0 end", ""),
            new Mutation("(now < limit.starts or now >= limit.ends)", "(now < limit.starts)"),
            new Mutation("if now < opens and limit.enforce then", "if false then"),
            new Mutation("(why == status and need > wait)", "false"),
            new Mutation("if cell.new and not cell.dirty and not has_room(limit)", "if false"),
            new Mutation(
                    "if value then return byte(value) == HELD and 2 or 3, 0, 0 end\n  local status", "local status"),
            new Mutation("if value then return byte(value) == HELD and 2 or 3, 0, 0 end\n  hold(op)", "hold(op)"),
            // Rates.
            new Mutation("if elapsed < -5000 then cell.at = now end", ""),
            new Mutation("cell.level, cell.rem = cell.burst, 0\n  else", "cell.level = cell.burst\n  else"),
            new Mutation("cell.rem = fmod(num, cell.period)", "cell.rem = 0"),
            new Mutation("elseif limit.version > cell.version then", "elseif limit.version ~= cell.version then"),
            new Mutation("cell.level = max(-cell.burst, cell.level - estimate)", "cell.level = cell.level - estimate"),
            new Mutation("if cell.level == cell.burst then cell.rem = 0 end", ""),
            // Ends of calls.
            new Mutation("if state == ENDED or (not state and op.acked) then", "if state == ENDED then"),
            new Mutation("if state == ENDED or (not state and op.acked) then", "if not state and op.acked then"),
            new Mutation("if state and sub(entry.value, 2) ~= body(op) then return 20, 0, 0 end", ""),
            new Mutation("if state == HELD then cell.held = less(cell.held, estimate) end", ""),
            new Mutation("if state == LAPSED then cell.used = less(cell.used, estimate) end", ""),
            new Mutation(
                    "if op.acked or (state and not settles) then put(entry, false) else",
                    "if op.acked then put(entry, false) else"),
            new Mutation("else put(entry, 'E', now + HOUR) end", "else put(entry, false) end"),
            new Mutation(
                    "if op.acked or (state and not settles) then put(entry, false)", "if true then put(entry, false)"),
            new Mutation("cell.keep = max(cell.keep, limit.keep)\n        end\n      end", "end\n      end"),
            new Mutation("if limit.kind == BUDGET then cell.keep = max(cell.keep, limit.keep) end", ""),
            new Mutation("put(op.entry, op.entry.value, now + lease)", "put(op.entry, op.entry.value, now)"),
            // Lapses.
            new Mutation("if cell.kind == 98 then cell.used = min(MAX, cell.used + amount) end", ""),
            new Mutation("cell.held = less(cell.held, amount)", ""),
            new Mutation("put(entry, 'L' .. sub(entry.value, 2), now + DAY)", "put(entry, false)"),
            new Mutation("if ends > now or over == most then", "if ends >= now or over == most then"),
            new Mutation("local most = sweeps and 64 or 4", "local most = sweeps and 64 or 3"),
            new Mutation("then lapse(entry) else put(entry, false) end", "then lapse(entry) end"),
            // Lives.
            new Mutation("if stored < acknowledged or lost then", "if lost then"),
            new Mutation("if stored < acknowledged or lost then", "if stored < acknowledged then"),
            new Mutation("if known ~= life then return other_life(stored) end", ""),
            new Mutation("if server ~= '' then return begin(true) end", ""),
            new Mutation("opens, fresh = waits and now + recovery or 0, waits and 0 or 1", "opens, fresh = 0, 0"),
            new Mutation("if fresh == 1 then opens, fresh, life_changed = now + recovery, 0, true end", ""),
            new Mutation("seen_in ~= era and used > cell[known_of]", "used > cell[known_of]"),
            new Mutation("local known_of = seen_in == previous and 'base' or 'prior'", "local known_of = 'base'"),
            new Mutation("prior = seen_in == previous and base or used", "prior = used"),
            new Mutation("      base = used\n    end\n    return {", "    end\n    return {"),
            new Mutation("if life_changed then write_life() end", ""),
            new Mutation(
                    "local nobody = known == '' and acknowledged == 0 and", "local nobody = acknowledged == 0 and"),
            // Spend.
            new Mutation("if number <= stored then return 21, 0, 0 end", ""),
            new Mutation("if settles then use(op) end", ""),
            new Mutation("spend.names >= MAX_NAMES", "spend.names > MAX_NAMES"),
            new Mutation("if spend.day < today then spend.day, spend.names = today, 0 end", ""),
            new Mutation("spend.names = spend.names + 1", ""),
            new Mutation("if cell.day < today then", "if cell.day ~= today then"),
            new Mutation("parse('<I2', days) < today - KEPT_DAYS do", "parse('<I2', days) <= today - KEPT_DAYS do"),
            new Mutation("if month > cell.month then", "if true then"),
            new Mutation("if month > cell.month then", "if false then"),
            new Mutation("floor((5 * doy + 2) / 153) + 2", "floor((5 * doy + 2) / 153) + 1"),
            new Mutation("cell.day, cell[1], cell[2], cell[3] = today, 0, 0, 0", "cell.day = today"),
            new Mutation(
                    "of.calls, of.tokens = min(MAX, of.usd + op.usd), of.calls + 1,",
                    "of.calls, of.tokens = op.usd, of.calls + 1,"),
            new Mutation("if cell.days then spent[at + 3]", "if false then spent[at + 3]"),
            new Mutation("if spend.header then keep_spend() end", ""),
            new Mutation("call('ZADD', KEYS[8], 0, tenant)", "do end"),
            new Mutation("parse('<I2', value) < today - KEPT_DAYS)", "parse('<I2', value) <= today - KEPT_DAYS)"),
            new Mutation("parse('<I2', value) < today - KEPT_DAYS)", "false)"),
            new Mutation("unspent[#unspent + 2] = name, 'd' .. sub(name, 2)", "unspent[#unspent + 2] = name, name"),
            new Mutation("call('DEL', KEYS[7])", "do end"),
            new Mutation("call('ZREM', KEYS[8], tenant)", "do end"),
            new Mutation("and call('EXISTS', KEYS[7]) == 0 then", "then"),
            // Marks.
            new Mutation("if threshold == 0 then marked = cell.reset > 0 and 255 or -1 end", ""),
            new Mutation("if marked >= threshold then return 15, i, 0 end", ""),
            // Writes, index and header.
            new Mutation("call('ZADD', KEYS[4], unpack(scores))", "do end"),
            new Mutation("call('ZREM', KEYS[4], unpack(ended))", "do end"),
            new Mutation("call('HDEL', KEYS[3], unpack(dropped))", "do end"),
            new Mutation("call('ZADD', KEYS[2], earliest > 0 and min(earliest, look) or look, tenant)", "do end"),
            new Mutation("(earliest == 0 or soonest < earliest) then earliest", "earliest == 0 then earliest"),
            new Mutation(
                    "earliest == 0 or soonest < earliest) then earliest, header_changed = soonest, true end",
                    "earliest == 0 or soonest < earliest) then earliest = soonest end"),
            new Mutation("earliest = ends\n      break", "break"),
            new Mutation(
                    "local org_fields, own_fields = {'p' .. pod}, {}\n  stored = max(stored, number)",
                    "local org_fields, own_fields = {'p' .. pod}, {}"),
            // Heartbeats.
            new Mutation("call('ZADD', KEYS[5], -ended[i + 1], ended[i])", "do end"),
            new Mutation("call('ZREM', KEYS[6], ended[i])", "do end"),
            new Mutation("call('HDEL', KEYS[1], 'p' .. forgotten[i])", "do end"),
            new Mutation(
                    "if lease > 0 then call('ZADD', KEYS[6], 0, pod) else call('ZREM', KEYS[6], pod) end",
                    "call('ZADD', KEYS[6], 0, pod)"),
            new Mutation("call('HSET', KEYS[1], 'p' .. pod, pack('<I8', stored))\n  if learned", "if learned"),
            new Mutation("call('ZADD', KEYS[2], 'NX', now + HOUR, '')", ""),
            // Sweeps.
            new Mutation("return cell.held == 0 and (cell.keep < now or", "return (cell.keep < now or"),
            new Mutation("[99] = function(cell) return cell.held == 0 end", "[99] = function(cell) return true end"),
            new Mutation("return cell.level >= cell.burst end", "return true end"),
            new Mutation("cell.used + cell.base + cell.prior + cell.mark + cell.reset == 0)", "cell.used == 0)"),
            new Mutation("call('DEL', KEYS[3])", "do end"),
            new Mutation("call('ZREM', KEYS[2], tenant)", "do end"),
            new Mutation("look = cursor + spend.cursor > 0 and now or now + HOUR", "look = now + 9 * HOUR"));

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
