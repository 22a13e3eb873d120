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
--   5 limits    number of limits B, limits x (code B, a b c d I8, field I2 + bytes, 1 to 512)
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
--                 a limit: its cell as of now, as it is stored, or as long and of 255s if it cannot be read
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
local KEPT_DAYS, MAX_NAMES = 35, 64
local OTHER = '_other/_other'
local RATE, BUDGET, CONCURRENCY = 0, 1, 2
local ORG, TENANT = 1, 2
local HELD, LAPSED, ENDED = 72, 76, 69
local ADMIT, RESTORE, SETTLE, RELEASE, EXTEND, SEED, MARK, METER = 1, 2, 3, 4, 5, 6, 7, 8
local call, pack, parse = redis.call, struct.pack, struct.unpack
local byte, char, sub, rep, floor, fmod, max, min, concat =
  string.byte, string.char, string.sub, string.rep, math.floor, math.fmod, math.max, math.min, table.concat

-- A run is mostly Lua's own work. So limits, cells and entries are short lists whose places have names, nothing is looked up by
-- text that can be counted, and what is seldom done makes its functions when it is done. The names in capitals that stand for
-- numbers are replaced by them when the script is loaded.

-- A limit: kind, whether it can deny, its four numbers, its cell, and what a hold says of it: a tag, the estimate, a tail.
local KIND, ENFORCED, MOST, STARTS, ENDS, KEPT, CELL, TAG, TAIL, CLAIMED, EXPECTED = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
-- A cell: whether it is to be written, its kind, name and hash, whether it is new, whether it cannot be read, what is stored of
-- it, and its numbers in the order in which they are stored.
local DIRTY, SORT, NAME, HOME, NEW, DAMAGED, PACKED = 1, 2, 3, 4, 5, 6, 7
local LEVEL, REM, AT, VERSION, BURST, PER, PERIOD = 8, 9, 10, 11, 12, 13, 14
local USED, HOLDS, KEEP, BASE, PRIOR, ERA, REPORTED, RESET = 8, 9, 10, 11, 12, 13, 14, 15
-- An entry: its id, value, what its value was, when it is due, whether it changed.
local ID, VALUE, WAS, DUE, CHANGED = 1, 2, 3, 4, 5

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
if number > MAX or acknowledged > MAX or max_cells > MAX or recovery > HOUR then return refuse('number in head') end
if lease > MAX_LEASE or (lease == 0 and not beats) then return refuse('lease') end
if #known ~= 24 and known ~= '' then return refuse('life') end
if #tenant > 1024 then return refuse('tenant') end

local count = byte(terms) or 0
local limits = {0, 0, 0, 0, 0, 0, 0, 0}
local own, shared = {'', 0, 0, 0, 0, 0, 0, 0}, {'', 'p' .. pod, 0, 0}
local owns, shares = 1, 2
if count > 128 then return refuse('too many limits') end
if count > 0 then
  local at, size = 2, #terms
  for i = 1, count do
    if size - at < 35 then return refuse('limits are cut off') end
    local code, a, b, c, d, field, following = parse('<BI8I8I8I8I2c0', terms, at)
    local kind, long = code % 4, #field
    if code > 31 or kind > CONCURRENCY or a > MAX or b > MAX or c > MAX or d > MAX or long < 1 or long > 512 then
      return refuse('limit ' .. i)
    end
    local name, tag, tail = nil, false, false
    if kind == RATE then
      if a < 1 or b < 1 or c < 1 or 2 * a * c > MAX then return refuse('rate of limit ' .. i) end
      name = 'r' .. field
    else
      if kind == BUDGET and (b >= c or d < c) then return refuse('period of limit ' .. i) end
      name = (kind == BUDGET and 'b' or 'c') .. field
      tag, tail = char(code % 8), sub(terms, at + 33, following - 1)
    end
    -- The place of its cell among what is read; behind the tenant's own those of the shared ones, as negative numbers.
    local place
    if code % 8 > 3 then
      for j = 3, shares do
        if shared[j] == name then place = -j end
      end
      if not place then
        shares = shares + 1
        place, shared[shares] = -shares, name
      end
    else
      for j = 2, owns do
        if own[j] == name then place = j end
      end
      if not place then
        owns = owns + 1
        place, own[owns] = owns, name
      end
    end
    limits[i] = {kind, code % 16 < 8, a, b, c, d, place, tag, tail, 0, code > 15}
    at = following
  end
  if at ~= size + 1 then return refuse('too many limits') end
end

-- What was used by each name in this run.
local uses, use_fields = {}, {}
do
  local at, size, n = 1, #names, 0
  while at <= size do
    local of, following = parse('<I2c0', names, at)
    n = n + 1
    if n > 64 or of == '' or #of > 4096 then return refuse('name ' .. n) end
    uses[n] = {name = of, usd = 0, calls = 0, tokens = 0}
    use_fields[n] = 'm' .. of
    at = following
  end
end

-- An operation: code, acknowledged, id, number of claims, claims (limit, estimate, actual in turn), where they begin, whether
-- it is wrong, what it uses of which name, place of the id among what is read.
local operations = {}
local reads = owns
do
  local at, size, m, formats = 1, #work, 0, {}
  while at <= size do
    if size - at < 19 then return refuse('operations are cut off') end
    local code, acked, id, n = parse('<BBc17B', work, at)
    at = at + 20
    m = m + 1
    if code < ADMIT or code > METER or acked > 1 or byte(id) ~= 35 or n > 32 or m > 64 then
      return refuse('operation ' .. m)
    end
    local settles = code == SETTLE or code == METER
    if size - at + 1 < 17 * (settles and n + 1 or n) then return refuse('claims are cut off') end
    local from, wrong, claims = at, false, false
    if n > 0 then
      local format = formats[n]
      if not format then
        format = '<' .. rep('BI8I8', n)
        formats[n] = format
      end
      claims = {parse(format, work, at)}
      for j = 1, 3 * n, 3 do
        local i = claims[j]
        if i < 1 or i > count then return refuse('claim of operation ' .. m) end
        local limit = limits[i]
        if claims[j + 1] > MAX or claims[j + 2] > MAX or limit[CLAIMED] == m
          or (code > EXTEND and limit[KIND] ~= BUDGET) then
          wrong = true
        end
        limit[CLAIMED] = m
      end
      at = at + 17 * n
    end
    local use, usd, tokens = false, 0, 0
    if settles then
      local of
      of, usd, tokens = parse('<BI8I8', work, at)
      use = uses[of] or false
      if ((of > 0 or code == METER) and not use) or usd > MAX or tokens > MAX or (code == METER and n > 0) then
        return refuse('use of operation ' .. m)
      end
      at = at + 17
    end
    if code < SEED then
      reads = reads + 1
      own[reads] = id
    end
    operations[m] = {code, acked == 1, id, n, claims, from, wrong, use, usd, tokens, reads}
  end
end

-- 2. Read.

local time = call('TIME')
local now = time[1] * 1000 + floor(time[2] / 1000)
local org = call('HMGET', KEYS[1], unpack(shared, 1, shares))
local life, era, previous, opens, fresh = '', 0, 0, 0, 0
if org[1] then
  local format = byte(org[1])
  if format ~= FORMAT then return pack('<BB', 3, format or 0) end
  local _
  era, _, previous, opens, fresh = parse('<I8c16I8I8B', org[1], 2)
  life = sub(org[1], 2, 25)
end
local stored = org[2] and parse('<I8', org[2]) or 0
local mine = call('HMGET', KEYS[3], unpack(own, 1, reads))
local used_before = uses[1] and call('HMGET', KEYS[7], unpack(use_fields)) or uses

-- A cell as of now. What is absent is a full bucket, an unused budget, no call in flight.
local function open_cell(kind, name, home, v)
  if kind == RATE then
    if not v then return {false, kind, name, home, true, false, false, false, 0, now, 0, 0, 0, 0} end
    if #v == 56 then
      local cell = {false, kind, name, home, false, false, false, parse('<i8I8I8I8I8I8I8', v)}
      local burst, rate, period = cell[BURST], cell[PER], cell[PERIOD]
      if burst > 0 and rate > 0 and period > 0 and 2 * burst * period <= MAX then
        local elapsed = now - cell[AT]
        if elapsed >= 0 then
          -- Exact while it decides: what is missing is below 2^53, and a product beyond that is only rounded.
          local num = elapsed * rate + cell[REM]
          if num >= (burst - cell[LEVEL]) * period then
            cell[LEVEL], cell[REM] = burst, 0
          else
            local left = fmod(num, period)
            cell[LEVEL], cell[REM] = cell[LEVEL] + (num - left) / period, left
          end
          cell[AT] = now
        elseif elapsed < -5000 then
          cell[AT] = now
        end
        return cell
      end
    end
  elseif kind == BUDGET then
    if not v then return {false, kind, name, home, true, false, false, 0, 0, 0, 0, 0, era, 0, 0} end
    if #v == 50 then
      local cell = {false, kind, name, home, false, false, false, parse('<I8I8I8I8I8I8BB', v)}
      if cell[USED] <= MAX and cell[HOLDS] <= MAX then
        local seen_in = cell[ERA]
        if seen_in ~= era then
          cell[PRIOR] = seen_in == previous and cell[BASE] or cell[USED]
          cell[BASE], cell[ERA] = cell[USED], era
        end
        return cell
      end
    end
  else
    if not v then return {false, kind, name, home, true, false, false, 0, 0} end
    if #v == 8 then
      local cell = {false, kind, name, home, false, false, false, 0, parse('<I8', v)}
      if cell[HOLDS] <= MAX then return cell end
    end
  end
  return {false, kind, name, home, false, true, rep('\255', kind == RATE and 56 or kind == BUDGET and 50 or 8), 0, 0, 0, 0, 0, 0, 0, 0}
end

-- What is stored of a cell.
local function packed(c)
  local value = c[PACKED]
  if not value then
    if c[SORT] == RATE then
      value = pack('<i8I8I8I8I8I8I8', c[LEVEL], c[REM], c[AT], c[VERSION], c[BURST], c[PER], c[PERIOD])
    elseif c[SORT] == BUDGET then
      value = pack('<I8I8I8I8I8I8BB', c[USED], c[HOLDS], c[KEEP], c[BASE], c[PRIOR], c[ERA], c[REPORTED], c[RESET])
    else
      value = pack('<I8', c[HOLDS])
    end
    c[PACKED] = value
  end
  return value
end

local cells, opened, lost = {0, 0, 0, 0, 0, 0, 0, 0}, 0, false
do
  local by_place = {false, false, false, false, false, false, false, false, false, false, false, false}
  for i = 1, count do
    local limit = limits[i]
    local kind, place = limit[KIND], limit[CELL]
    local index = place > 0 and place or owns - place
    local cell = by_place[index]
    if not cell then
      if place > 0 then
        cell = open_cell(kind, own[place], TENANT, mine[place])
      else
        cell = open_cell(kind, shared[-place], ORG, org[-place])
      end
      opened = opened + 1
      by_place[index], cells[opened] = cell, cell
    end
    limit[CELL] = cell
    if kind ~= RATE then
      if limit[EXPECTED] and cell[NEW] then lost = true end
    elseif not cell[DAMAGED] then
      if not cell[LEVEL] then
        cell[LEVEL] = limit[MOST]
        cell[VERSION], cell[BURST], cell[PER], cell[PERIOD] = limit[KEPT], limit[MOST], limit[STARTS], limit[ENDS]
      elseif limit[KEPT] > cell[VERSION] then
        local burst = limit[MOST]
        cell[LEVEL] = max(-burst, min(burst, cell[LEVEL] + burst - cell[BURST]))
        cell[REM], cell[VERSION], cell[BURST], cell[PER], cell[PERIOD] = 0, limit[KEPT], burst, limit[STARTS], limit[ENDS]
      end
    end
  end
end

if peeks then
  local reply = {pack('<BI8I8B', 0, now, stored, 0)}
  for i = 1, count do reply[i + 1] = packed(limits[i][CELL]) end
  return concat(reply)
end

-- 3. Is this the ledger that the pod knows?

local facts, learned = '', false
if life == '' or lost or stored < acknowledged or run == 'GREET' then
  -- The server's own text about itself; where INFO is not allowed, all servers are taken for the same.
  local function info(section)
    local text = redis.pcall('INFO', section)
    return type(text) == 'string' and text or ''
  end
  local here, begins, waits = string.match(info('server'), 'run_id:(%w+)') or '', false, true
  if run == 'GREET' then
    local memory, replication = info('memory'), info('replication')
    facts = 'aof ' .. (string.match(info('persistence'), 'aof_enabled:(%d)') or '?')
      .. ' replicas ' .. (string.match(replication, 'connected_slaves:(%d+)') or '?')
      .. ' maxmemory ' .. (string.match(memory, 'maxmemory:(%d+)') or '?')
      .. ' policy ' .. (string.match(memory, 'maxmemory_policy:([%w-]+)') or '?')
    if life ~= '' and here ~= '' and here ~= sub(org[1], 43) then
      begins, learned = #org[1] > 42, here
    end
  end
  if life == '' then
    begins, waits = true, known ~= '' or acknowledged > 0 or call('EXISTS', KEYS[2], KEYS[5]) > 0
  elseif known == life and (stored < acknowledged or lost) then
    begins = true
  end
  if begins then
    call('ZSCORE', KEYS[2], '')
    local found = stored
    previous, era = era, max(now, era + 1, known == '' and 0 or parse('<I8', known) + 1)
    opens, fresh = waits and now + recovery or 0, waits and 0 or 1
    life, stored = pack('<I8', era) .. pod, max(stored, number)
    call('HSET', KEYS[1], '', pack('<B', FORMAT) .. life .. pack('<I8I8B', previous, opens, fresh) .. here,
      'p' .. pod, pack('<I8', stored))
    call('ZADD', KEYS[2], 'NX', now + HOUR, '')
    return pack('<BI8I8I8', 1, now, found, stored) .. life
  end
end
if known ~= life then return pack('<BI8I8I8', 1, now, stored, stored) .. life end

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
  if learned then call('HSET', KEYS[1], '', sub(org[1], 1, 42) .. learned) end
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

local earliest, look, cursor = 0, now + HOUR, 0
local header_changed = true
if mine[1] and #mine[1] == 24 then
  earliest, look, cursor = parse('<I8I8I8', mine[1])
  header_changed = false
end
local underflows = 0
local changed, entries, soonest = {}, {}, nil
for i = 1, #operations do
  local op = operations[i]
  if op[1] < SEED then
    local id = op[3]
    local entry = entries[id]
    if not entry then
      local value = mine[op[11]]
      entry = {id, value, value, false, false}
      entries[id] = entry
    end
    op[11] = entry
  end
end

local function put(entry, value, due)
  if not entry[CHANGED] then
    entry[CHANGED] = true
    changed[#changed + 1] = entry
  end
  entry[VALUE], entry[DUE] = value, due
  if due and (not soonest or due < soonest) then soonest = due end
end

local over = 0
if (earliest > 0 and earliest <= now) or sweeps then
  -- A lease that ended: what was held is charged where money or a day's tokens are behind it, and freed for concurrency.
  local function lapse(entry)
    local value = entry[VALUE]
    local at, size = 2, #value
    while at <= size do
      local code, amount, field, following = parse('<BI8I2c0', value, at)
      local home, name = code > 3 and ORG or TENANT, (code % 4 == BUDGET and 'b' or 'c') .. field
      local cell
      for i = 1, opened do
        if cells[i][NAME] == name and cells[i][HOME] == home then cell = cells[i] end
      end
      if not cell then
        cell = open_cell(code % 4, name, home, call('HGET', KEYS[home == ORG and 1 or 3], name))
        opened = opened + 1
        cells[opened] = cell
      end
      if not cell[DAMAGED] and not cell[NEW] then
        cell[DIRTY] = true
        if cell[HOLDS] < amount then underflows = min(255, underflows + 1) end
        cell[HOLDS] = max(0, cell[HOLDS] - amount)
        if code % 4 == BUDGET then cell[USED] = min(MAX, cell[USED] + amount) end
      end
      at = following
    end
    put(entry, 'L' .. sub(value, 2), now + DAY)
  end

  local limit = sweeps and 64 or 4
  local first = call('ZRANGE', KEYS[4], 0, limit, 'WITHSCORES')
  local before = earliest
  earliest = 0
  for i = 1, #first, 2 do
    local id, due = first[i], tonumber(first[i + 1])
    if due > now or over == limit then
      earliest = due
      break
    end
    over = over + 1
    local entry = entries[id]
    if not entry then
      local value = call('HGET', KEYS[3], id)
      entry = {id, value, value, false, false}
      entries[id] = entry
    end
    if entry[VALUE] and byte(entry[VALUE]) == HELD then lapse(entry) else put(entry, false) end
  end
  header_changed = header_changed or earliest ~= before
end

-- 6. Operations: the status of each, the index of the deciding claim, a wait, and bits of claims that would deny.

local ZEROS = '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'
local RANK = {0, 0, 0, 2, 3, 1}
local room = {false, false}
local used_some, life_changed = false, false
local replies = {'', '', ''}
for o = 1, #operations do
  local code, acked, id, n, claims, from, wrong, use, usd, tokens, entry = unpack(operations[o])
  local status, index, wait, refused = 20, 0, 0, 0
  local value = code < SEED and entry[VALUE]
  local state = value and byte(value)
  local holds, finishes = false, false

  if wrong then
    status = 20
  elseif code == ADMIT then
    if value then
      status = state == HELD and 2 or 3
    else
      local bit = 1
      status = 1
      for j = 1, n do
        local limit, estimate = limits[claims[3 * j - 2]], claims[3 * j - 1]
        local kind, cell = limit[KIND], limit[CELL]
        if cell[DAMAGED] then
          status, index, wait, refused = 8, j, 0, 0
          break
        end
        if kind == BUDGET and (now < limit[STARTS] or now >= limit[ENDS]) then
          status, index, wait, refused = 7, j, 0, 0
          break
        end
        if cell[NEW] and not cell[DIRTY] then
          -- A cell of its own for this call: is there room?
          local home, taken = cell[HOME], 0
          if not room[home] then
            local key = home == ORG and KEYS[1] or KEYS[3]
            room[home] = max_cells - call('HLEN', key) + call('ZCARD', home == ORG and KEYS[5] or KEYS[4]) + 1
          end
          for k = 1, opened do
            local other = cells[k]
            if other[HOME] == home and other[NEW] and other[DIRTY] then taken = taken + 1 end
          end
          if room[home] <= taken then
            status, index, wait, refused = 9, j, 0, 0
            break
          end
        end
        -- What this claim alone would be answered.
        local why, need = 0, 0
        if kind == RATE then
          if estimate > cell[BURST] then
            why = 5
          elseif cell[LEVEL] < estimate then
            why, need = 4, ceildiv((estimate - cell[LEVEL]) * cell[PERIOD] - cell[REM], cell[PER])
          end
        elseif estimate > limit[MOST] then
          why = 5
        elseif cell[USED] + cell[HOLDS] + estimate > limit[MOST] then
          why, need = 4, kind == BUDGET and limit[ENDS] - now or 1000
        elseif now < opens and limit[ENFORCED] then
          why, need = 6, opens - now
        end
        if why > 0 then
          refused = refused + bit
          if limit[ENFORCED] and (RANK[why] > RANK[status] or (why == status and need > wait)) then
            status, index, wait = why, j, need
          end
        end
        bit = bit * 2
      end
      holds = status == 1
    end
  elseif code == RESTORE then
    if value then
      status = state == HELD and 2 or 3
    else
      status, holds = 10, true
    end
  elseif code == SETTLE or code == RELEASE then
    if state == ENDED or (not state and acked) then status = 15 else finishes = true end
  elseif code == EXTEND then
    if state == HELD then
      status = 16
      put(entry, value, now + lease)
    else
      status = state == LAPSED and 17 or (state == ENDED or acked) and 3 or 14
    end
  elseif code == SEED then
    status = 18
    for j = 1, 3 * n, 3 do
      local limit, seen, seen_in = limits[claims[j]], claims[j + 1], claims[j + 2]
      local cell, of = limit[CELL], seen_in == previous and BASE or PRIOR
      if not cell[DAMAGED] and seen_in ~= era and seen > cell[of] then
        cell[DIRTY] = true
        cell[USED] = min(MAX, cell[USED] + seen - cell[of])
        cell[of], cell[KEEP] = seen, max(cell[KEEP], limit[KEPT])
        if fresh == 1 then opens, fresh, life_changed = now + recovery, 0, true end
      end
    end
  elseif code == MARK then
    status = 19
    for j = 1, n do
      local limit, threshold = limits[claims[3 * j - 2]], claims[3 * j - 1]
      local cell = limit[CELL]
      if cell[DAMAGED] or threshold > 202 then
        status, index = 20, j
        break
      end
      local reported = cell[REPORTED]
      if threshold == 0 then reported = cell[RESET] > 0 and 255 or -1 end
      if reported >= threshold then
        status, index = 15, j
        break
      end
      cell[DIRTY] = true
      if threshold == 0 then cell[RESET] = 1 else cell[REPORTED] = threshold end
      cell[KEEP] = max(cell[KEEP], limit[KEPT])
    end
  elseif number <= stored then
    -- METER has no entry to tell a repetition by: the pod repeats only what it knows not to be done, and what was on its way
    -- for longer than a later run of the pod comes to nothing.
    status = 21
  else
    status = 22
    use.usd, use.calls, use.tokens = min(MAX, use.usd + usd), use.calls + 1, min(MAX, use.tokens + tokens)
    used_some = true
  end

  local body = ''
  if holds or finishes then
    -- What the entry says while it is held: of each budget and concurrency limit a tag, the estimate's bytes and a tail.
    local parts, p = {'H', '', '', '', '', '', '', '', '', ''}, 1
    for j = 1, n do
      local limit = limits[claims[3 * j - 2]]
      if limit[TAIL] then
        local at = from + 17 * j
        parts[p + 1], parts[p + 2], parts[p + 3] = limit[TAG], sub(work, at - 16, at - 9), limit[TAIL]
        p = p + 3
      end
    end
    body = concat(parts)
  end

  if holds then
    for j = 1, 3 * n, 3 do
      local limit, estimate = limits[claims[j]], claims[j + 1]
      local cell = limit[CELL]
      if not cell[DAMAGED] then
        cell[DIRTY] = true
        if limit[KIND] == RATE then
          local level, burst = cell[LEVEL] - estimate, cell[BURST]
          cell[LEVEL] = level < -burst and -burst or level
        else
          local held = cell[HOLDS] + estimate
          cell[HOLDS] = held > MAX and MAX or held
          if limit[KIND] == BUDGET and limit[KEPT] > cell[KEEP] then cell[KEEP] = limit[KEPT] end
        end
      end
    end
    put(entry, body, now + lease)
  elseif finishes and state and value ~= body and (state == HELD or sub(value, 2) ~= sub(body, 2)) then
    status = 20
  elseif finishes then
    -- Ends an entry: charges the actual amounts (SETTLE) or nothing (RELEASE), and gives back what was held or charged.
    local settles = code == SETTLE
    if state or settles then
      for j = 1, 3 * n, 3 do
        local limit, estimate, actual = limits[claims[j]], claims[j + 1], settles and claims[j + 2] or 0
        local cell = limit[CELL]
        if not cell[DAMAGED] then
          cell[DIRTY] = true
          if limit[KIND] == RATE then
            local burst, level = cell[BURST], cell[LEVEL] + (state and estimate or 0) - actual
            if level >= burst then
              level, cell[REM] = burst, 0
            elseif level < -burst then
              level = -burst
            end
            cell[LEVEL] = level
          else
            if state == HELD then
              local held = cell[HOLDS] - estimate
              if held < 0 then held, underflows = 0, min(255, underflows + 1) end
              cell[HOLDS] = held
            end
            if limit[KIND] == BUDGET then
              local used = cell[USED] + actual
              if used > MAX then used = MAX end
              if state == LAPSED then
                used = used - estimate
                if used < 0 then used, underflows = 0, min(255, underflows + 1) end
              end
              cell[USED] = used
              if limit[KEPT] > cell[KEEP] then cell[KEEP] = limit[KEPT] end
            end
          end
        end
      end
    end
    if acked or (state and not settles) then put(entry, false) else put(entry, 'E', now + HOUR) end
    status = state == LAPSED and 13 or not state and 14 or settles and 11 or 12
    if settles and use then
      use.usd, use.calls, use.tokens = min(MAX, use.usd + usd), use.calls + 1, min(MAX, use.tokens + tokens)
      used_some = true
    end
  end

  if index == 0 and refused == 0 then
    replies[o + 1] = char(status) .. ZEROS
  else
    -- Of the limit that decided, for people: level and ms until full, or used and held.
    local x, y = 0, 0
    local cell = index > 0 and limits[claims[3 * index - 2]][CELL]
    if cell and not cell[DAMAGED] then
      if cell[SORT] == RATE then
        local missing = cell[BURST] - cell[LEVEL]
        x, y = cell[LEVEL], missing > 0 and ceildiv(missing * cell[PERIOD] - cell[REM], cell[PER]) or 0
      else
        x, y = cell[USED], cell[HOLDS]
      end
    end
    replies[o + 1] = pack('<BBI8I4i8I8', status, index, wait, refused, x, y)
  end
end

-- 7. What was used, by name and day.

local spent, unspent = {}, {}
local today = floor(now / DAY)
local spend_header, spend_day, begun, spend_cursor = false, 0, 0, 0
local begins_some = sweeps and call('EXISTS', KEYS[7]) == 1
if used_some then
  for i = 1, #uses do
    if uses[i].calls > 0 and not used_before[i] then begins_some = true end
  end
end
if begins_some then
  spend_header = call('HGET', KEYS[7], '') or ''
  if #spend_header == 12 then spend_day, begun, spend_cursor = parse('<I2I2I8', spend_header) end
end
if used_some then
  local open = {}
  for i = 1, #uses do
    local of = uses[i]
    if of.calls > 0 then
      local called, value = of.name, used_before[i]
      if not value then
        -- A name that is new, if the tenant may have one more today.
        if spend_day < today then spend_day, begun = today, 0 end
        if called == OTHER or begun >= MAX_NAMES then
          called = OTHER
          value = not open[called] and call('HGET', KEYS[7], 'm' .. called)
        else
          begun = begun + 1
        end
      end
      local c = open[called]
      if not c then
        c = value and #value == 52 and {parse('<I2I2I8I8I8I8I8I8', value)} or {0, 0, 0, 0, 0, 0, 0, 0}
        if c[1] < today then
          -- The day turned: what was of the last one goes to the days before, and of another month nowhere.
          if c[1] > 0 then
            local days = call('HGET', KEYS[7], 'd' .. called) or ''
            while #days > 25 and parse('<I2', days) < today - KEPT_DAYS do days = sub(days, 27) end
            spent[#spent + 1] = 'd' .. called
            spent[#spent + 1] = days .. pack('<I2I8I8I8', c[1], c[3], c[4], c[5])
          end
          local z = today + 719468
          local cycle = floor(z / 146097)
          local doe = z - cycle * 146097
          local yoe = floor((doe - floor(doe / 1460) + floor(doe / 36524) - floor(doe / 146096)) / 365)
          local doy = doe - (365 * yoe + floor(yoe / 4) - floor(yoe / 100))
          local month = (cycle * 400 + yoe) * 12 + floor((5 * doy + 2) / 153) + 2
          if month > c[2] then c[2], c[6], c[7], c[8] = month, 0, 0, 0 end
          c[1], c[3], c[4], c[5] = today, 0, 0, 0
        end
        open[called] = c
      end
      c[3], c[4], c[5] = min(MAX, c[3] + of.usd), c[4] + of.calls, min(MAX, c[5] + of.tokens)
      c[6], c[7], c[8] = min(MAX, c[6] + of.usd), c[7] + of.calls, min(MAX, c[8] + of.tokens)
    end
  end
  for called, c in pairs(open) do
    local at = #spent
    spent[at + 1], spent[at + 2] = 'm' .. called, pack('<I2I2I8I8I8I8I8I8', unpack(c, 1, 8))
  end
end

-- 8. A sweep looks at a part of the hashes for cells that say no more than their absence, and entries without an end.

local gone, more = {}, false
if sweeps then
  local function next_page(key, at)
    local page = call('HSCAN', key, string.format('%.0f', at), 'COUNT', 64)
    return page[2], tonumber(page[1])
  end
  local SORTS = {[114] = RATE, [98] = BUDGET, [99] = CONCURRENCY}
  local function idle(kind, cell)
    if kind == RATE then return cell[LEVEL] >= cell[BURST] end
    if kind == CONCURRENCY then return cell[HOLDS] == 0 end
    return cell[HOLDS] == 0
      and (cell[KEEP] < now or cell[USED] + cell[BASE] + cell[PRIOR] + cell[REPORTED] + cell[RESET] == 0)
  end
  local key, where, page = KEYS[3], TENANT, nil
  if tenant == '' then key, where = KEYS[1], ORG end
  page, cursor = next_page(key, cursor)
  for i = 1, #page, 2 do
    local called, value = page[i], page[i + 1]
    local letter = byte(called)
    local kind = SORTS[letter]
    if kind then
      local touched = false
      for j = 1, opened do
        if cells[j][NAME] == called and cells[j][HOME] == where then touched = true end
      end
      if not touched then
        local cell = open_cell(kind, called, where, value)
        if not cell[DAMAGED] and idle(kind, cell) then gone[#gone + 1] = called end
      end
    elseif letter == 35 and where == TENANT and not entries[called] and not call('ZSCORE', KEYS[4], called) then
      local entry = {called, value, value, false, false}
      entries[called] = entry
      put(entry, value, now)
      more = true
    end
  end
  if spend_header then
    page, spend_cursor = next_page(KEYS[7], spend_cursor)
    for i = 1, #page, 2 do
      local called, value = page[i], page[i + 1]
      if byte(called) == 109 and (#value ~= 52 or parse('<I2', value) < today - KEPT_DAYS) then
        unspent[#unspent + 1], unspent[#unspent + 2] = called, 'd' .. sub(called, 2)
      end
    end
  end
  look = cursor + spend_cursor > 0 and now or now + HOUR
  more = more or cursor + spend_cursor > 0 or over == 64
  header_changed = true
end
if spend_header then
  spent[#spent + 1], spent[#spent + 2] = '', pack('<I2I2I8', spend_day, begun, spend_cursor)
end

-- 9. Write.

if soonest and (earliest == 0 or soonest < earliest) then earliest, header_changed = soonest, true end
local org_fields, own_fields, orgs, owned =
  {shared[2], 0, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 2, 0
for i = 1, opened do
  local c = cells[i]
  if c[DIRTY] then
    local value = packed(c)
    if c[HOME] == ORG then
      org_fields[orgs + 1], org_fields[orgs + 2] = c[NAME], value
      orgs = orgs + 2
    else
      own_fields[owned + 1], own_fields[owned + 2] = c[NAME], value
      owned = owned + 2
    end
  end
end
if orgs > 2 or owned > 0 or changed[1] or spent[1] or life_changed or sweeps then
  if header_changed then call('ZSCORE', KEYS[2], tenant) end
  if spend_header and #spend_header ~= 12 then call('ZSCORE', KEYS[8], tenant) end
  local scores, over_ids, dropped = {}, {}, {}
  stored = max(stored, number)
  org_fields[2] = pack('<I8', stored)
  for i = 1, #changed do
    local entry = changed[i]
    if entry[VALUE] then
      scores[#scores + 1], scores[#scores + 2] = entry[DUE], entry[ID]
      if entry[VALUE] ~= entry[WAS] then
        own_fields[owned + 1], own_fields[owned + 2] = entry[ID], entry[VALUE]
        owned = owned + 2
      end
    else
      over_ids[#over_ids + 1] = entry[ID]
      if entry[WAS] then dropped[#dropped + 1] = entry[ID] end
    end
  end
  if life_changed then
    org_fields[orgs + 1] = ''
    org_fields[orgs + 2] = pack('<B', FORMAT) .. life .. pack('<I8I8B', previous, opens, fresh) .. sub(org[1], 43)
    orgs = orgs + 2
  end
  if header_changed then
    own_fields[owned + 1], own_fields[owned + 2] = '', pack('<I8I8I8', earliest, look, cursor)
    owned = owned + 2
  end
  if scores[1] then call('ZADD', KEYS[4], unpack(scores)) end
  if over_ids[1] then call('ZREM', KEYS[4], unpack(over_ids)) end
  call('HSET', KEYS[1], unpack(org_fields, 1, orgs))
  if owned > 0 then call('HSET', KEYS[3], unpack(own_fields, 1, owned)) end
  if dropped[1] then call('HDEL', KEYS[3], unpack(dropped)) end
  if gone[1] then call('HDEL', tenant == '' and KEYS[1] or KEYS[3], unpack(gone)) end
  if spent[1] then
    call('HSET', KEYS[7], unpack(spent))
    if spend_header and #spend_header ~= 12 then call('ZADD', KEYS[8], 0, tenant) end
    if unspent[1] then call('HDEL', KEYS[7], unpack(unspent)) end
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

local reply = pack('<BI8I8B', 0, now, stored, underflows)
if sweeps then return reply .. pack('<I8I8B', over, #gone, more and 1 or 0) end
replies[1] = reply
local r = #replies
for i = 1, count do replies[r + i] = packed(limits[i][CELL]) end
return concat(replies)
