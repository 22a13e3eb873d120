-- Tollgate's ledger: one run carries many operations of one tenant; each operation is everything or nothing.
-- All integers are packed little-endian (struct) and unsigned, so that no amount is negative, fractional or not a number.
--
-- KEYS (all in one slot, hash tag = organisation; none has a time to live)
--   1 org       hash  ''            life: format B, era I8, owner c16, previous era I8, opens I8, fresh B, server's run id
--                     p<pod>        number of the last writing run of that pod, I8
--                     r<f> b<f> c<f>  cells of the limits that are shared by all tenants
--   2 due       zset  tenant -> ms when a sweep may find something
--   3 tenant    hash  ''            header: earliest I8 (lower bound of the scores in 4, 0 for none), look I8 (ms of the
--                                   next look for cells that are over), cursor I8 of that look
--                     r<f> b<f> c<f>  cells of the tenant's own limits
--                     #<id>         H<body> held; L<body> lapsed, the estimate is charged; E ended
--   4 holds     zset  #<id> -> ms when the lease ends (H) or the entry is forgotten (L, E)
--   5 beats     zset  pod -> ms when its heartbeat ends; negative once it has ended
--   6 ranks     zset  pod -> 0, pods with a live heartbeat
--   7 spend     hash  ''            header: day I2, names that were new on that day I2, cursor I8 of the look for what is over
--                     m<name>       what one model and cost center used
--                     d<name>       its days before: day I2, micro-USD I8, calls I8, tokens I8 each, oldest first
--   8 spenders  zset  tenant -> 0, tenants that have a hash 7
-- Cells
--   r  level i8, rem I8, at I8, version I8, burst I8, rate I8, period I8
--   b  used I8, held I8, keep I8, base I8, prior I8, era I8, mark B, reset B
--        base: what of `used` a SEED seen in the previous life contains; prior: the same for a life before that
--        mark: highest threshold that was reported; reset: 1 if the reset was reported
--   c  held I8
--   m  day I2, month I2, then of that day and of that month: micro-USD I8, calls I8, tokens I8
--        day: since 1970 in UTC; month: years since 0 times 12, and months; a clock that goes back stays on the day
--   body of a hold: for each budget and concurrency limit: code B, estimate I8, field I2 + bytes
-- ARGV
--   1 run       CALLS, PEEK, SWEEP, BEAT, or GREET (the first on a connection)
--   2 head      number I8 (of this run among the pod's), acknowledged I8 (highest number that the ledger told it has stored),
--               lease I8 (ms; of the pod's heartbeat for BEAT and GREET, 0 to leave), recovery I8 (ms), cells I8 (most of one
--               tenant), pod c16
--   3 life      era I8 and owner c16 of the life that the pod knows, empty for none
--   4 tenant    as in the key
--   5 limits    code B, a b c d I8, field I2 + bytes (1 to 512)
--               code: 0 rate, 1 budget, 2 concurrency; + 4 shared, + 8 shadow, + 16 the pod knows the cell to exist
--               rate: burst, rate, period ms, version   budget: limit, start ms, end ms, keep-until ms   concurrency: limit
--   6 operations  operation B, acknowledged B (1: the ledger told in this life that it holds the id), #id c17, claims B,
--               claims x (limit B, estimate I8, actual I8)
--               1 ADMIT  2 RESTORE (an admit without a check)  3 SETTLE  4 RELEASE  5 EXTEND
--               6 SEED (estimate: used as last seen; actual: the era it was seen in)  7 MARK (estimate: threshold, at most 202, 0 reset)
--               8 METER (a call that no limit guards)
--               SETTLE and METER end with: name B (of argument 7, 0 for none), micro-USD I8, tokens I8
--   7 names     name I2 + bytes (1 to 4096): the model and cost center whose use is counted in hash 7
-- REPLY, packed
--   0 done:       now I8, stored number of this pod I8, underflows B;
--                 an operation: status B, limit that decided or 0 B, wait ms I8, refused I4 (bits of its claims that would deny
--                 alone), x i8, y I8 (balance of the deciding limit at that moment);
--                 a limit: x i8, y I8, damaged B        rate: level, ms until full   budget: used, held   concurrency: 0, held
--                 SWEEP: entries that were over I8, cells removed I8, more to look at B
--                 BEAT, GREET: stored number found I8, pods I4, rank I4, tenants to sweep n B, n x (I2 + bytes); GREET: facts of the server, text
--   1 other life: now I8, stored number found I8, stored number now I8, life c24: nothing was done
--   2 refused:    why; 3 another format: B
--   status: 1 admitted 2 duplicate 3 ended 4 denied 5 too large 6 recovering 7 stale period 8 damaged 9 too many cells
--           10 restored 11 settled 12 released 13 late 14 unknown 15 already 16 extended 17 lapsed 18 seeded 19 marked
--           20 not as agreed 21 overtaken by a later run of this pod: not done 22 metered
-- A NEW LIFE begins in any writing run that finds a write forgotten that Redis had acknowledged: the life is missing; this
--   pod's stored number is below its acknowledged one; a cell that the pod knows is missing; or GREET finds another server.
--   Enforcing budgets and concurrency limits then wait `recovery` ms, unless nobody can know anything.
-- INVARIANTS
--   Parse and check everything, read everything, decide, then write; after the first write nothing can fail. The first
--   write of a run that admits is refused by a Redis out of memory, so such a refusal changes nothing.
--   A hold is charged or released exactly once. A denied call changes nothing.
--   What was used is counted exactly once: by SETTLE when it charges, by METER in the order of the pod's numbers only.
--   In any interval T a rate admits at most burst + rate*T. used + held <= limit at every admit of a budget.

local FORMAT, MAX, MAX_LEASE = 2, 4503599627370496, 3024000000
local HOUR, DAY, REDUE = 3600000, 86400000, 5000
local KEPT_DAYS, MAX_NAMES, OTHER = 35, 64, '_other/_other'
local RATE, BUDGET = 0, 1
local HELD, LAPSED, ENDED = 72, 76, 69
local call, pack, parse = redis.call, struct.pack, struct.unpack
local byte, char, sub, floor, fmod, max, min, concat =
  string.byte, string.char, string.sub, math.floor, math.fmod, math.max, math.min, table.concat

local function refuse(why)
  return pack('<B', 2) .. why
end

local function ceildiv(a, b)
  local r = fmod(a, b)
  return (a - r) / b + (r > 0 and 1 or 0)
end

-- 1. Parse and check.

local run, head, known, tenant, terms, work, names = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
if #KEYS ~= 8 or #ARGV ~= 7 then return refuse('expected 8 keys and 7 arguments') end
local calls, peeks, sweeps, beats = run == 'CALLS', run == 'PEEK', run == 'SWEEP', run == 'BEAT' or run == 'GREET'
if not (calls or peeks or sweeps or beats) then return refuse('unknown run') end
if #head ~= 56 then return refuse('head') end
local number, acknowledged, lease, recovery, max_cells, pod = parse('<I8I8I8I8I8c16', head)
if max(number, acknowledged, max_cells) > MAX or recovery > HOUR then return refuse('number in head') end
if lease > MAX_LEASE or (lease == 0 and not beats) then return refuse('lease') end
if #known ~= 24 and known ~= '' then return refuse('life') end
if #tenant > 1024 then return refuse('tenant') end

local limits, own, shared = {}, {''}, {'', 'p' .. pod}
do
  local at, size, n = 1, #terms, 0
  while at <= size do
    if size - at < 35 then return refuse('limits are cut off') end
    local code, a, b, c, d, field, following = parse('<BI8I8I8I8I2c0', terms, at)
    local kind = fmod(code, 4)
    n = n + 1
    if n > 250 or code > 31 or kind > 2 or max(a, b, c, d) > MAX or field == '' or #field > 512 then
      return refuse('limit ' .. n)
    end
    -- Every field at once: a table that grows is moved.
    local limit
    local names = fmod(code, 8) > 3 and shared or own
    local place = #names + 1
    if kind == RATE then
      if a < 1 or b < 1 or c < 1 or 2 * a * c > MAX then return refuse('rate of limit ' .. n) end
      limit = {
        kind = kind, enforce = fmod(code, 16) < 8, key = names == shared and KEYS[1] or KEYS[3], name = 'r' .. field,
        burst = a, rate = b, period = c, version = d, place = place, cell = false, claimed = false,
      }
    else
      if kind == BUDGET and (b >= c or d < c) then return refuse('period of limit ' .. n) end
      limit = {
        kind = kind, enforce = fmod(code, 16) < 8, key = names == shared and KEYS[1] or KEYS[3],
        name = (kind == BUDGET and 'b' or 'c') .. field, limit = a, starts = b, ends = c, keep = d,
        expected = code > 15, place = place, cell = false, claimed = false,
        tag = char(fmod(code, 8)), tail = sub(terms, at + 33, following - 1),
      }
    end
    names[place] = limit.name
    limits[n] = limit
    at = following
  end
end

-- What was used by each name in this run.
local uses, use_fields = {}, {}
do
  local at, size, n = 1, #names, 0
  while at <= size do
    local name, following = parse('<I2c0', names, at)
    n = n + 1
    if n > 64 or name == '' or #name > 4096 then return refuse('name ' .. n) end
    uses[n] = {name = name, usd = 0, calls = 0, tokens = 0}
    use_fields[n] = 'm' .. name
    at = following
  end
end

local ADMIT, RESTORE, SETTLE, RELEASE, EXTEND, SEED, MARK, METER = 1, 2, 3, 4, 5, 6, 7, 8
local operations, first_id = {}, #own
do
  local at, size, m = 1, #work, 0
  while at <= size do
    if size - at < 19 then return refuse('operations are cut off') end
    local code, acked, id, n = parse('<BBc17B', work, at)
    at = at + 20
    m = m + 1
    if code < ADMIT or code > METER or acked > 1 or byte(id) ~= 35 or n > 32 or m > 64 then
      return refuse('operation ' .. m)
    end
    local uses_some = code == SETTLE or code == METER
    if size - at + 1 < 17 * (uses_some and n + 1 or n) then return refuse('claims are cut off') end
    local op = {code = code, acked = acked == 1, id = id, claims = n, at = at, usd = 0, tokens = 0}
    for i = 1, n do
      local index, estimate, actual = parse('<BI8I8', work, at)
      local limit = limits[index]
      if not limit then return refuse('claim of operation ' .. m) end
      if estimate > MAX or actual > MAX or limit.claimed == op then op.wrong = true end
      if code > EXTEND and limit.kind ~= BUDGET then op.wrong = true end
      limit.claimed = op
      op[i] = {limit, estimate, actual, at}
      at = at + 17
    end
    if uses_some then
      local name
      name, op.usd, op.tokens = parse('<BI8I8', work, at)
      op.use = uses[name]
      if (name > 0 or code == METER) and not op.use or max(op.usd, op.tokens) > MAX or (code == METER and n > 0) then
        return refuse('use of operation ' .. m)
      end
      at = at + 17
    end
    operations[m] = op
    if code < SEED then own[#own + 1] = id end
  end
end

-- 2. Read.

local time = call('TIME')
local now = time[1] * 1000 + floor(time[2] / 1000)
local org = call('HMGET', KEYS[1], unpack(shared))
local life, era, previous, opens, fresh, server = '', 0, 0, 0, 0, ''
if org[1] then
  local format = byte(org[1])
  if format ~= FORMAT then return pack('<BB', 3, format or 0) end
  local _, following
  _, era, _, previous, opens, fresh, following = parse('<BI8c16I8I8B', org[1])
  life, server = sub(org[1], 2, 25), sub(org[1], following)
end
local stored = org[2] and parse('<I8', org[2]) or 0
local mine = call('HMGET', KEYS[3], unpack(own))
local used_before = #uses > 0 and call('HMGET', KEYS[7], unpack(use_fields)) or {}

local underflows = 0
local function less(amount, by)
  if amount < by then
    underflows = min(255, underflows + 1)
    return 0
  end
  return amount - by
end

local function refill(cell)
  local elapsed = now - cell.at
  if elapsed < 0 then
    if elapsed < -5000 then cell.at = now end
    return
  end
  local need = (cell.burst - cell.level) * cell.period - cell.rem
  if need <= 0 or elapsed >= ceildiv(need, cell.rate) then
    cell.level, cell.rem = cell.burst, 0
  else
    local num = elapsed * cell.rate + cell.rem
    cell.rem = fmod(num, cell.period)
    cell.level = cell.level + (num - cell.rem) / cell.period
  end
  cell.at = now
end

-- Decoders and encoders, one a kind, by the first byte of the name; a decoder gives nothing for what cannot be read.
local decode = {
  [114] = function(key, name, v)
    if #v ~= 56 then return nil end
    local level, rem, at, version, burst, rate, period = parse('<i8I8I8I8I8I8I8', v)
    if burst < 1 or rate < 1 or period < 1 or 2 * burst * period > MAX then return nil end
    local cell = {
      key = key, name = name, kind = 114, dirty = false,
      level = level, rem = rem, at = at, version = version, burst = burst, rate = rate, period = period,
    }
    refill(cell)
    return cell
  end,
  [98] = function(key, name, v)
    if #v ~= 50 then return nil end
    local used, held, keep, base, prior, seen_in, mark, reset = parse('<I8I8I8I8I8I8BB', v)
    if max(used, held) > MAX then return nil end
    if seen_in ~= era then
      prior = seen_in == previous and base or used
      base = used
    end
    return {
      key = key, name = name, kind = 98, dirty = false,
      used = used, held = held, keep = keep, base = base, prior = prior, mark = mark, reset = reset,
    }
  end,
  [99] = function(key, name, v)
    if #v ~= 8 then return nil end
    local held = parse('<I8', v)
    if held > MAX then return nil end
    return {key = key, name = name, kind = 99, dirty = false, held = held}
  end,
}
local encode = {
  [114] = function(cell)
    return pack('<i8I8I8I8I8I8I8', cell.level, cell.rem, cell.at, cell.version, cell.burst, cell.rate, cell.period)
  end,
  [98] = function(cell)
    return pack('<I8I8I8I8I8I8BB', cell.used, cell.held, cell.keep, cell.base, cell.prior, era, cell.mark, cell.reset)
  end,
  [99] = function(cell)
    return pack('<I8', cell.held)
  end,
}

-- Cells by hash and name; what is absent is a full bucket, an unused budget, no call in flight.
local cells = {[KEYS[1]] = {}, [KEYS[3]] = {}}
local function open_cell(key, name, v)
  local kind = byte(name)
  local cell
  if v then
    cell = decode[kind](key, name, v) or {key = key, name = name, kind = kind, damaged = true}
  else
    cell = {
      key = key, name = name, kind = kind, dirty = false, new = true,
      used = 0, held = 0, keep = 0, base = 0, prior = 0, mark = 0, reset = 0,
    }
  end
  cells[key][name] = cell
  return cell
end

local lost = false
for i = 1, #limits do
  local limit = limits[i]
  local key = limit.key
  local cell = cells[key][limit.name]
  if not cell then cell = open_cell(key, limit.name, (key == KEYS[1] and org or mine)[limit.place]) end
  if limit.kind == RATE and not cell.damaged then
    if not cell.level then
      cell.level, cell.rem, cell.at = limit.burst, 0, now
      cell.version, cell.burst, cell.rate, cell.period = limit.version, limit.burst, limit.rate, limit.period
    elseif limit.version > cell.version then
      cell.level = max(-limit.burst, min(limit.burst, cell.level + limit.burst - cell.burst))
      cell.rem, cell.version, cell.burst, cell.rate, cell.period = 0, limit.version, limit.burst, limit.rate, limit.period
    end
  elseif limit.expected and cell.new then
    lost = true
  end
  limit.cell = cell
end

local function balance(limit)
  local cell = limit.cell
  if cell.damaged then return 0, 0 end
  if limit.kind == RATE then
    return cell.level,
      cell.level >= cell.burst and 0 or ceildiv((cell.burst - cell.level) * cell.period - cell.rem, cell.rate)
  end
  return limit.kind == BUDGET and cell.used or 0, cell.held
end

local function balances(out)
  for i = 1, #limits do
    local x, y = balance(limits[i])
    out[#out + 1] = pack('<i8I8B', x, y, limits[i].cell.damaged and 1 or 0)
  end
  return concat(out)
end

if peeks then return balances({pack('<BI8I8B', 0, now, stored, 0)}) end

-- 3. Is this the ledger that the pod knows?

local function write_life()
  call('HSET', KEYS[1], '', pack('<BI8', FORMAT, era) .. sub(life, 9) .. pack('<I8I8B', previous, opens, fresh) .. server,
    'p' .. pod, pack('<I8', stored))
end

local function other_life(found)
  return pack('<BI8I8I8', 1, now, found, stored) .. life
end

-- The server's own text about itself; where INFO is not allowed, all servers are taken for the same.
local function info(section)
  local text = redis.pcall('INFO', section)
  return type(text) == 'string' and text or ''
end

local function running_on()
  return string.match(info('server'), 'run_id:(%w+)') or ''
end

local function begin(waits)
  local found = stored
  server = running_on()
  call('ZSCORE', KEYS[2], '')
  previous, era = era, max(now, era + 1, known == '' and 0 or parse('<I8', known) + 1)
  opens, fresh = waits and now + recovery or 0, waits and 0 or 1
  life, stored = pack('<I8', era) .. pod, max(stored, number)
  write_life()
  call('ZADD', KEYS[2], 'NX', now + HOUR, '')
  return other_life(found)
end

local facts, learned = '', false
if run == 'GREET' then
  local memory, replication = info('memory'), info('replication')
  facts = 'aof ' .. (string.match(info('persistence'), 'aof_enabled:(%d)') or '?')
    .. ' replicas ' .. (string.match(replication, 'connected_slaves:(%d+)') or '?')
    .. ' maxmemory ' .. (string.match(memory, 'maxmemory:(%d+)') or '?')
    .. ' policy ' .. (string.match(memory, 'maxmemory_policy:([%w-]+)') or '?')
  local here = running_on()
  if life ~= '' and here ~= '' and here ~= server then
    if server ~= '' then return begin(true) end
    server, learned = here, true
  end
end
if life == '' then
  local nobody = known == '' and acknowledged == 0 and call('EXISTS', KEYS[2], KEYS[5]) == 0
  return begin(not nobody)
end
if known ~= life then return other_life(stored) end
if stored < acknowledged or lost then return begin(true) end

-- 4. Heartbeats.

if beats then
  local ended = call('ZRANGEBYSCORE', KEYS[5], 0, now, 'LIMIT', 0, 64, 'WITHSCORES')
  local forgotten = call('ZRANGEBYSCORE', KEYS[5], DAY - now, '(0', 'LIMIT', 0, 64)
  local due = lease > 0 and call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 16) or {}
  call('ZCARD', KEYS[6])
  local found = stored
  stored = max(stored, number)
  call('ZADD', KEYS[5], lease > 0 and now + lease or -now, pod)
  call('HSET', KEYS[1], 'p' .. pod, pack('<I8', stored))
  if learned then write_life() end
  if lease > 0 then call('ZADD', KEYS[6], 0, pod) else call('ZREM', KEYS[6], pod) end
  for i = 1, #ended, 2 do
    if ended[i] ~= pod then
      call('ZADD', KEYS[5], -ended[i + 1], ended[i])
      call('ZREM', KEYS[6], ended[i])
    end
  end
  for i = 1, #forgotten do
    if forgotten[i] ~= pod then
      call('ZREM', KEYS[5], forgotten[i])
      call('HDEL', KEYS[1], 'p' .. forgotten[i])
    end
  end
  local reply = {pack('<BI8I8BI8I4I4B', 0, now, stored, 0, found, call('ZCARD', KEYS[6]), call('ZRANK', KEYS[6], pod) or 0, #due)}
  for i = 1, #due do
    call('ZADD', KEYS[2], now + REDUE, due[i])
    reply[#reply + 1] = pack('<I2', #due[i]) .. due[i]
  end
  return concat(reply) .. facts
end

-- 5. Entries: what is known of an id, and what of it is over.

local earliest, look, cursor = 0, 0, 0
local has_header = mine[1] and #mine[1] == 24
if has_header then earliest, look, cursor = parse('<I8I8I8', mine[1]) end
local header_changed = not has_header
if not has_header then look = now + HOUR end
local entries, changed, soonest = {}, {}, nil

local function open_entry(id, value)
  local entry = {id = id, value = value, was = value}
  entries[id] = entry
  return entry
end

local function put(entry, value, due)
  if not entry.changed then
    entry.changed = true
    changed[#changed + 1] = entry
  end
  entry.value, entry.due = value, due
  if due and (not soonest or due < soonest) then soonest = due end
end

local dirty, room = {}, {}
local function touch(cell)
  if not cell.dirty then
    cell.dirty = true
    dirty[#dirty + 1] = cell
    if cell.new and room[cell.key] then room[cell.key] = room[cell.key] - 1 end
  end
end

do
  local at = first_id
  for i = 1, #operations do
    local op = operations[i]
    if op.code < SEED then
      at = at + 1
      op.entry = entries[op.id] or open_entry(op.id, mine[at])
    end
  end
end

-- A lease that ended: what was held is charged where money or a day's tokens are behind it, and freed for concurrency.
local function lapse(entry)
  local at, size = 2, #entry.value
  while at <= size do
    local code, amount, field, following = parse('<BI8I2c0', entry.value, at)
    local key = code > 3 and KEYS[1] or KEYS[3]
    local name = (fmod(code, 4) == BUDGET and 'b' or 'c') .. field
    local cell = cells[key][name] or open_cell(key, name, call('HGET', key, name))
    if not cell.damaged and not cell.new then
      touch(cell)
      cell.held = less(cell.held, amount)
      if cell.kind == 98 then cell.used = min(MAX, cell.used + amount) end
    end
    at = following
  end
  put(entry, 'L' .. sub(entry.value, 2), now + DAY)
end

local over = 0
if (earliest > 0 and earliest <= now) or sweeps then
  local most = sweeps and 64 or 4
  local first = call('ZRANGE', KEYS[4], 0, most, 'WITHSCORES')
  local before = earliest
  earliest = 0
  for i = 1, #first, 2 do
    local id, ends = first[i], tonumber(first[i + 1])
    if ends > now or over == most then
      earliest = ends
      break
    end
    over = over + 1
    local entry = entries[id] or open_entry(id, call('HGET', KEYS[3], id))
    if entry.value and byte(entry.value) == HELD then lapse(entry) else put(entry, false) end
  end
  header_changed = header_changed or earliest ~= before
end

-- 6. Operations: each returns its status, the index of the deciding claim, and a wait.

local used_some = false
local function use(op)
  local of = op.use
  if of then
    of.usd, of.calls, of.tokens = min(MAX, of.usd + op.usd), of.calls + 1, min(MAX, of.tokens + op.tokens)
    used_some = true
  end
end

local function has_room(limit)
  local key = limit.key
  if not room[key] then
    local entries_there = call('ZCARD', key == KEYS[1] and KEYS[5] or KEYS[4])
    room[key] = max_cells - call('HLEN', key) + entries_there + 1
    for i = 1, #dirty do
      if dirty[i].key == key and dirty[i].new then room[key] = room[key] - 1 end
    end
  end
  return room[key] > 0
end

local RANK = {[4] = 2, [5] = 3, [6] = 1}

-- The status that this claim alone would give, and the wait.
local function refusal(limit, estimate)
  local cell = limit.cell
  if limit.kind == RATE then
    if estimate > cell.burst then return 5, 0 end
    if cell.level < estimate then return 4, ceildiv((estimate - cell.level) * cell.period - cell.rem, cell.rate) end
    return nil
  end
  if estimate > limit.limit then return 5, 0 end
  local used = limit.kind == BUDGET and cell.used or 0
  if used + cell.held + estimate > limit.limit then return 4, limit.kind == BUDGET and limit.ends - now or 1000 end
  if now < opens and limit.enforce then return 6, opens - now end
  return nil
end

local function body(op)
  local parts = {}
  for i = 1, op.claims do
    local claim = op[i]
    local limit = claim[1]
    if limit.tag then parts[#parts + 1] = limit.tag .. sub(work, claim[4] + 1, claim[4] + 8) .. limit.tail end
  end
  return concat(parts)
end

local function hold(op)
  for i = 1, op.claims do
    local limit, estimate = op[i][1], op[i][2]
    local cell = limit.cell
    if not cell.damaged then
      touch(cell)
      if limit.kind == RATE then
        cell.level = max(-cell.burst, cell.level - estimate)
      else
        cell.held = min(MAX, cell.held + estimate)
        if limit.kind == BUDGET then cell.keep = max(cell.keep, limit.keep) end
      end
    end
  end
  put(op.entry, 'H' .. body(op), now + lease)
end

local function admit(op)
  local value = op.entry.value
  if value then return byte(value) == HELD and 2 or 3, 0, 0 end
  local status, index, wait = nil, 0, 0
  local bit, refused = 1, 0
  for i = 1, op.claims do
    local limit, estimate = op[i][1], op[i][2]
    local cell = limit.cell
    if cell.damaged then return 8, i, 0 end
    if limit.kind == BUDGET and (now < limit.starts or now >= limit.ends) then return 7, i, 0 end
    if cell.new and not cell.dirty and not has_room(limit) then return 9, i, 0 end
    local why, need = refusal(limit, estimate)
    if why then
      refused = refused + bit
      if limit.enforce and (not status or RANK[why] > RANK[status] or (why == status and need > wait)) then
        status, index, wait = why, i, need
      end
    end
    bit = bit * 2
  end
  op.refused = refused
  if status then return status, index, wait end
  hold(op)
  return 1, 0, 0
end

local function restore(op)
  local value = op.entry.value
  if value then return byte(value) == HELD and 2 or 3, 0, 0 end
  hold(op)
  return 10, 0, 0
end

-- Ends an entry: charges the actual amounts (SETTLE) or nothing (RELEASE), and gives back what was held or charged for it.
local function finish(op)
  local entry = op.entry
  local state = entry.value and byte(entry.value)
  local settles = op.code == SETTLE
  if state == ENDED or (not state and op.acked) then return 15, 0, 0 end
  if state and sub(entry.value, 2) ~= body(op) then return 20, 0, 0 end
  for i = 1, op.claims do
    local limit, estimate = op[i][1], op[i][2]
    local actual = settles and op[i][3] or 0
    local cell = limit.cell
    if not cell.damaged and (state or settles) then
      touch(cell)
      if limit.kind == RATE then
        cell.level = max(-cell.burst, min(cell.burst, cell.level + (state and estimate or 0) - actual))
        if cell.level == cell.burst then cell.rem = 0 end
      else
        if state == HELD then cell.held = less(cell.held, estimate) end
        if limit.kind == BUDGET then
          cell.used = min(MAX, cell.used + actual)
          if state == LAPSED then cell.used = less(cell.used, estimate) end
          cell.keep = max(cell.keep, limit.keep)
        end
      end
    end
  end
  if op.acked or (state and not settles) then put(entry, false) else put(entry, 'E', now + HOUR) end
  if settles then use(op) end
  if state == LAPSED then return 13, 0, 0 end
  return not state and 14 or settles and 11 or 12, 0, 0
end

local function extend(op)
  local state = op.entry.value and byte(op.entry.value)
  if state == HELD then
    put(op.entry, op.entry.value, now + lease)
    return 16, 0, 0
  end
  return state == LAPSED and 17 or (state == ENDED or op.acked) and 3 or 14, 0, 0
end

local life_changed = false
local function seed(op)
  for i = 1, op.claims do
    local limit, used, seen_in = op[i][1], op[i][2], op[i][3]
    local cell = limit.cell
    local known_of = seen_in == previous and 'base' or 'prior'
    if not cell.damaged and seen_in ~= era and used > cell[known_of] then
      touch(cell)
      cell.used = min(MAX, cell.used + used - cell[known_of])
      cell[known_of], cell.keep = used, max(cell.keep, limit.keep)
      if fresh == 1 then opens, fresh, life_changed = now + recovery, 0, true end
    end
  end
  return 18, 0, 0
end

local function mark(op)
  for i = 1, op.claims do
    local limit, threshold = op[i][1], op[i][2]
    local cell = limit.cell
    if cell.damaged or threshold > 202 then return 20, i, 0 end
    local marked = cell.mark
    if threshold == 0 then marked = cell.reset > 0 and 255 or -1 end
    if marked >= threshold then return 15, i, 0 end
    touch(cell)
    if threshold == 0 then cell.reset = 1 else cell.mark = threshold end
    cell.keep = max(cell.keep, limit.keep)
  end
  return 19, 0, 0
end

-- Without an entry to tell a repetition by: the pod repeats only what it knows not to be done, and what was on its way for
-- longer than a later run of the pod comes to nothing.
local function meter(op)
  if number <= stored then return 21, 0, 0 end
  use(op)
  return 22, 0, 0
end

local OPERATIONS = {admit, restore, finish, finish, extend, seed, mark, meter}
local replies = {''}
for i = 1, #operations do
  local op = operations[i]
  local status, index, wait, x, y = 20, 0, 0, 0, 0
  if not op.wrong then
    status, index, wait = OPERATIONS[op.code](op)
    if index > 0 then x, y = balance(op[index][1]) end
  end
  replies[i + 1] = pack('<BBI8I4i8I8', status, index, wait, op.refused or 0, x, y)
end

-- 7. What was used, by name and day.

local today = floor(now / DAY)

-- Years since 0 times 12, and months, of a day since 1970 (Gregorian, counted from March).
local function month_of(day)
  local z = day + 719468
  local cycle = floor(z / 146097)
  local doe = z - cycle * 146097
  local yoe = floor((doe - floor(doe / 1460) + floor(doe / 36524) - floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + floor(yoe / 4) - floor(yoe / 100))
  return (cycle * 400 + yoe) * 12 + floor((5 * doy + 2) / 153) + 2
end

local spent = {}
local spend = {header = false, day = 0, names = 0, cursor = 0}
local function read_spend()
  spend.header = call('HGET', KEYS[7], '') or ''
  if #spend.header == 12 then spend.day, spend.names, spend.cursor = parse('<I2I2I8', spend.header) end
end

local function keep_spend()
  if #spend.header ~= 12 then call('ZSCORE', KEYS[8], tenant) end
  spent[#spent + 1], spent[#spent + 2] = '', pack('<I2I2I8', spend.day, spend.names, spend.cursor)
end

-- A name that is new, if the tenant may have one more today.
local function new_name(name)
  if not spend.header then read_spend() end
  if spend.day < today then spend.day, spend.names = today, 0 end
  if name == OTHER or spend.names >= MAX_NAMES then return OTHER end
  spend.names = spend.names + 1
  return name
end

local function open_spend(name, value)
  local cell = {name = name, day = 0, month = 0, days = false, 0, 0, 0, 0, 0, 0}
  if value and #value == 52 then
    cell.day, cell.month, cell[1], cell[2], cell[3], cell[4], cell[5], cell[6] = parse('<I2I2I8I8I8I8I8I8', value)
  end
  if cell.day < today then
    if cell.day > 0 then
      local days = call('HGET', KEYS[7], 'd' .. name) or ''
      while #days > 25 and parse('<I2', days) < today - KEPT_DAYS do days = sub(days, 27) end
      cell.days = days .. pack('<I2I8I8I8', cell.day, cell[1], cell[2], cell[3])
    end
    local month = month_of(today)
    if month > cell.month then cell.month, cell[4], cell[5], cell[6] = month, 0, 0, 0 end
    cell.day, cell[1], cell[2], cell[3] = today, 0, 0, 0
  end
  return cell
end

if used_some then
  local open = {}
  for i = 1, #uses do
    local of = uses[i]
    if of.calls > 0 then
      local name, value = of.name, used_before[i]
      if not value then
        name = new_name(name)
        if name ~= of.name then value = not open[name] and call('HGET', KEYS[7], 'm' .. name) end
      end
      local cell = open[name] or open_spend(name, value)
      open[name] = cell
      cell[1], cell[2], cell[3] = min(MAX, cell[1] + of.usd), cell[2] + of.calls, min(MAX, cell[3] + of.tokens)
      cell[4], cell[5], cell[6] = min(MAX, cell[4] + of.usd), cell[5] + of.calls, min(MAX, cell[6] + of.tokens)
    end
  end
  for name, cell in pairs(open) do
    local at = #spent
    spent[at + 1], spent[at + 2] = 'm' .. name,
      pack('<I2I2I8I8I8I8I8I8', cell.day, cell.month, cell[1], cell[2], cell[3], cell[4], cell[5], cell[6])
    if cell.days then spent[at + 3], spent[at + 4] = 'd' .. name, cell.days end
  end
  if spend.header then keep_spend() end
end

-- 8. A sweep looks at a part of the hash for cells that say no more than their absence, and entries without an end.

local gone, more, unspent = {}, false, {}
local function next_page(key, at)
  local page = call('HSCAN', key, string.format('%.0f', at), 'COUNT', 64)
  return page[2], tonumber(page[1])
end

if sweeps then
  local IDLE = {
    [114] = function(cell) return cell.level >= cell.burst end,
    [98] = function(cell)
      return cell.held == 0 and (cell.keep < now or cell.used + cell.base + cell.prior + cell.mark + cell.reset == 0)
    end,
    [99] = function(cell) return cell.held == 0 end,
  }
  local key = tenant == '' and KEYS[1] or KEYS[3]
  local page
  page, cursor = next_page(key, cursor)
  for i = 1, #page, 2 do
    local name, value = page[i], page[i + 1]
    local kind = byte(name)
    if decode[kind] and not cells[key][name] then
      local cell = open_cell(key, name, value)
      if not cell.damaged and IDLE[kind](cell) then gone[#gone + 1] = name end
    elseif kind == 35 and key == KEYS[3] and not entries[name] and not call('ZSCORE', KEYS[4], name) then
      put(open_entry(name, value), value, now)
      more = true
    end
  end
  if call('EXISTS', KEYS[7]) == 1 then
    read_spend()
    page, spend.cursor = next_page(KEYS[7], spend.cursor)
    for i = 1, #page, 2 do
      local name, value = page[i], page[i + 1]
      if byte(name) == 109 and (#value ~= 52 or parse('<I2', value) < today - KEPT_DAYS) then
        unspent[#unspent + 1], unspent[#unspent + 2] = name, 'd' .. sub(name, 2)
      end
    end
    keep_spend()
  end
  look = cursor + spend.cursor > 0 and now or now + HOUR
  more = more or cursor + spend.cursor > 0 or over == 64
  header_changed = true
end

-- 9. Write.

if soonest and (earliest == 0 or soonest < earliest) then earliest, header_changed = soonest, true end
local written = #dirty + #changed + #spent > 0 or life_changed or sweeps
if written then
  if header_changed then call('ZSCORE', KEYS[2], tenant) end
  local scores, ended, dropped = {}, {}, {}
  local org_fields, own_fields = {'p' .. pod}, {}
  stored = max(stored, number)
  org_fields[2] = pack('<I8', stored)
  for i = 1, #changed do
    local entry = changed[i]
    if entry.value then
      scores[#scores + 1], scores[#scores + 2] = entry.due, entry.id
      if entry.value ~= entry.was then own_fields[#own_fields + 1], own_fields[#own_fields + 2] = entry.id, entry.value end
    else
      ended[#ended + 1] = entry.id
      if entry.was then dropped[#dropped + 1] = entry.id end
    end
  end
  for i = 1, #dirty do
    local cell = dirty[i]
    local fields = cell.key == KEYS[1] and org_fields or own_fields
    fields[#fields + 1], fields[#fields + 2] = cell.name, encode[cell.kind](cell)
  end
  if header_changed then own_fields[#own_fields + 1], own_fields[#own_fields + 2] = '', pack('<I8I8I8', earliest, look, cursor) end
  if #scores > 0 then call('ZADD', KEYS[4], unpack(scores)) end
  if #ended > 0 then call('ZREM', KEYS[4], unpack(ended)) end
  call('HSET', KEYS[1], unpack(org_fields))
  if life_changed then write_life() end
  if #own_fields > 0 then call('HSET', KEYS[3], unpack(own_fields)) end
  if #dropped > 0 then call('HDEL', KEYS[3], unpack(dropped)) end
  if #gone > 0 then call('HDEL', tenant == '' and KEYS[1] or KEYS[3], unpack(gone)) end
  if #spent > 0 then
    call('HSET', KEYS[7], unpack(spent))
    if spend.header and #spend.header ~= 12 then call('ZADD', KEYS[8], 0, tenant) end
    if #unspent > 0 then call('HDEL', KEYS[7], unpack(unspent)) end
    if sweeps and call('HLEN', KEYS[7]) == 1 then
      call('DEL', KEYS[7])
      call('ZREM', KEYS[8], tenant)
    end
  end
  if header_changed then
    if sweeps and tenant ~= '' and call('HLEN', KEYS[3]) == 1 and call('EXISTS', KEYS[7]) == 0 then
      call('DEL', KEYS[3])
      call('ZREM', KEYS[2], tenant)
    else
      call('ZADD', KEYS[2], earliest > 0 and min(earliest, look) or look, tenant)
    end
  end
end

replies[1] = pack('<BI8I8B', 0, now, stored, underflows)
if sweeps then return replies[1] .. pack('<I8I8B', over, #gone, more and 1 or 0) end
return balances(replies)
