-- Tollgate's ledger: one call decides, holds, settles. Everything or nothing.
--
-- KEYS (all in one slot, hash tag = organisation; every key a call touches is here)
--   1 epoch          string  "<id>:<ms before which budgets only wait> <server's run id> <era>"; the one key without a TTL.
--                            The first word is the life of this ledger; the era is a number that grows with each life
--   2 hold           string  "H<member>" held or expired; "S" settled; "R" released        TTL lease + 1 h
--   3 holds          zset    the tenant's holds: member = id|field=amount|..., score = lease end in ms
--   4 leases         zset    tenant -> its next lease end in ms
--   5 rate:tenant    hash    field -> level,rem,at,version,burst,rate,period
--   6 rate           hash    the same, for limits that are not per tenant
--   7 budget:tenant  hash    field -> used,held,keep,base,era (a concurrency limit uses held only); base: what of `used`
--                            the pods' SEEDs need not tell any more: the used amount that this life of the ledger found,
--                            then the largest SEED
--   8 budget         hash    the same, for limits that are not per tenant
--   9 pods           zset    pod -> heartbeat end in ms
-- ARGV
--   1 operation      ADMIT RESTORE SETTLE RELEASE EXTEND PEEK SEED SWEEP BEAT GREET
--   2 epoch          the one the caller knows, empty for none
--   3 id             of the reservation (ADMIT to EXTEND), of the pod (BEAT), of a new epoch (SEED, GREET)
--   4 lease          ms > 0; for SEED and GREET: how long budgets wait in a new epoch, may be 0
--   5 tenant         encoded
--   6 n              limits, 0 to 32, eight arguments each:
--     code           kind r|b|c (rate, budget, concurrency), scope t|s (tenant, shared), mode e|o (enforce, observe)
--     field          [%w%%._:/=@+-]{1,512}
--     estimate       for SEED: the used amount last seen
--     actual
--     a b c d        r: burst, rate, period ms, version   b: limit, start ms, end ms, keep-until ms   c: limit, 0, 0, 0
-- REPLY {status, now ms, index of the limit that decided or 0, wait ms, then three integers a limit: x, y, refused}
--     x, y           r: level, ms until full   b: used, held   c: 0, held         refused: 1 if this limit would deny
--   ADMIT            admitted | denied | duplicate | ended | too-large | stale-period | recovering
--   RESTORE          restored | duplicate | ended    (an admit without a check, for holds that outlived the ledger)
--   SETTLE, RELEASE  settled | released | late | unknown | already
--   EXTEND           extended | expired | unknown | ended
--   GREET {greeted, now, epoch}: the first call on a connection. A ledger without an epoch, or in a server that is not the
--                    one its epoch began in (started anew with old data, failed over with lost writes), begins a new one
--   PEEK peek; SEED {seeded, now, epoch}; SWEEP {swept, now, count}; BEAT {beat, now, epoch, pods, tenants due...}
--   any              {bad-argument, why} | {corrupt, which} | {other-epoch, now, epoch}
-- INVARIANTS
--   Parse and check everything, read everything, decide, then write; after the first write nothing can fail. The first
--   write is one that Redis refuses when it is out of memory, so such a refusal changes nothing.
--   All numbers are integers of at most 2^52. A hold is charged or released exactly once. A denied call changes nothing
--   (up to 4 holds whose lease ended are charged on the way, as any call would).
--   In any interval T a rate admits at most burst + rate*T. used + held <= limit at every admit of a budget.

local MAX = 4503599627370496
local HOUR, KEEP = 3600000, 3024000000
local fmod, floor, max, min, match, format, concat =
  math.fmod, math.floor, math.max, math.min, string.match, string.format, table.concat
local call = redis.call

-- %.0f and nothing else: tostring and .. cut a number to 14 digits. Adding 0 turns minus zero into zero.
local function text(n)
  return format('%.0f', n + 0)
end

local function int(s)
  if not s or not match(s, '^%d+$') then return nil end
  local n = tonumber(s)
  if n > MAX then return nil end
  return n
end

local function ceildiv(a, b)
  local r = fmod(a, b)
  return (a - r) / b + (r > 0 and 1 or 0)
end

-- 1. Parse and check.

local RESERVING = {ADMIT = true, RESTORE = true, SETTLE = true, RELEASE = true, EXTEND = true}
local OTHERS = {PEEK = true, SEED = true, SWEEP = true, BEAT = true, GREET = true}
local op, epoch, id, tenant = ARGV[1], ARGV[2], ARGV[3], ARGV[5]
if #KEYS ~= 9 then return {'bad-argument', 'expected 9 keys'} end
if not op or not (RESERVING[op] or OTHERS[op]) then return {'bad-argument', 'unknown operation'} end
local lease, n = int(ARGV[4]), int(ARGV[6])
if not id or #id > 64 or not match(id, '^[%w-]+$') then return {'bad-argument', 'id'} end
if not lease or (lease == 0 and op ~= 'SEED' and op ~= 'GREET') or lease > KEEP then return {'bad-argument', 'lease'} end
if not tenant or tenant == '' or #tenant > 512 then return {'bad-argument', 'tenant'} end
if not n or n > 32 or #ARGV ~= 6 + 8 * n then return {'bad-argument', 'number of limits'} end

-- The four hashes, each with the fields that this call names and their cells.
local hashes = {}
for i = 5, 8 do hashes[i - 4] = {key = KEYS[i], fields = {}, cells = {}, rate = i < 7, write = {n = 0}} end

local limits, member = {}, {id}
for i = 1, n do
  local p = 6 + (i - 1) * 8
  local kind, scope, mode = match(ARGV[p + 1], '^([rbc])([ts])([eo])$')
  local field = ARGV[p + 2]
  local est, act, a, b, c, d =
    match(concat(ARGV, ' ', p + 3, p + 8), '^(%d+) (%d+) (%d+) (%d+) (%d+) (%d+)$')
  if not kind then return {'bad-argument', 'code of limit ' .. i} end
  if #field > 512 or not match(field, '^[%w%%._:/=@+-]+$') then return {'bad-argument', 'field of limit ' .. i} end
  if not est then return {'bad-argument', 'number in limit ' .. i} end
  est, act, a, b, c, d = est + 0, act + 0, a + 0, b + 0, c + 0, d + 0
  if max(est, act, a, b, c, d) > MAX then return {'bad-argument', 'number in limit ' .. i} end
  if kind == 'r' then
    if a < 1 or b < 1 or c < 1 or 2 * a * c > MAX then return {'bad-argument', 'rate of limit ' .. i} end
  elseif kind == 'b' then
    if b >= c or d < c then return {'bad-argument', 'period of limit ' .. i} end
  end
  if op == 'SEED' and kind ~= 'b' then return {'bad-argument', 'only budgets are seeded'} end
  local hash = hashes[(kind == 'r' and 1 or 3) + (scope == 't' and 0 or 1)]
  if hash.cells[field] then return {'bad-argument', 'limit ' .. i .. ' is given twice'} end
  local l = {kind = kind, enforce = mode == 'e', field = field, est = est, act = act, a = a, b = b, c = c, d = d}
  limits[i] = l
  hash.fields[#hash.fields + 1] = field
  hash.cells[field] = l
  if kind ~= 'r' then member[#member + 1] = kind .. scope .. field .. '=' .. text(est) end
end
member = concat(member, '|')

-- 2. Read.

local t = call('TIME')
local now = t[1] * 1000 + floor(t[2] / 1000)
local current, run, era = match(call('GET', KEYS[1]) or '', '^(%S+) (%S+) (%d+)$')
current, era = current or '', (era or 0) + 0
local dirty = {}

local function touch(c)
  if not c.dirty then
    c.dirty = true
    dirty[#dirty + 1] = c
  end
end

local function amounts(hash, field, v)
  local c = {hash = hash, field = field, used = 0, held = 0, keep = 0, base = 0}
  if v then
    local u, h, k, s, e = match(v, '^(%d+),(%d+),(%d+),(%d+),(%d+)$')
    if not u then
      c.corrupt = true
      return c
    end
    c.used, c.held, c.keep, c.base = u + 0, h + 0, k + 0, s + 0
    if e + 0 ~= era then c.base = c.used end
  else
    c.new = true
  end
  return c
end

local function refill(c)
  local elapsed = now - c.at
  if elapsed < 0 then
    if elapsed < -5000 then c.at = now end
    return
  end
  local need = (c.burst - c.level) * c.period - c.rem
  if need <= 0 or elapsed >= ceildiv(need, c.rate) then
    c.level, c.rem = c.burst, 0
  else
    local num = elapsed * c.rate + c.rem
    c.rem = fmod(num, c.period)
    c.level = c.level + (num - c.rem) / c.period
  end
  c.at = now
end

local function bucket(hash, l, v)
  local c = {hash = hash, field = l.field, rate_limit = true}
  if not v then
    c.level, c.rem, c.at, c.version, c.burst, c.rate, c.period, c.new = l.a, 0, now, l.d, l.a, l.b, l.c, true
  else
    local e, r, s, w, x, y, z = match(v, '^(-?%d+),(%d+),(%d+),(%d+),(%d+),(%d+),(%d+)$')
    if not e then
      c.corrupt = true
      return c
    end
    c.level, c.rem, c.at, c.version, c.burst, c.rate, c.period = e + 0, r + 0, s + 0, w + 0, x + 0, y + 0, z + 0
    c.was_at = c.at
    refill(c)
    if l.d > c.version then
      c.level = max(-l.a, min(l.a, c.level + l.a - c.burst))
      c.rem, c.version, c.burst, c.rate, c.period = 0, l.d, l.a, l.b, l.c
    end
  end
  return c
end

for h = 1, 4 do
  local hash = hashes[h]
  if #hash.fields > 0 then
    local values = call('HMGET', hash.key, unpack(hash.fields))
    for i = 1, #hash.fields do
      local field = hash.fields[i]
      local l = hash.cells[field]
      l.cell = hash.rate and bucket(hash, l, values[i]) or amounts(hash, field, values[i])
      if l.cell.corrupt then return {'corrupt', hash.key .. ' ' .. field} end
      hash.cells[field] = l.cell
    end
  end
end

-- Holds whose lease ended: charged where money or a day's tokens are behind them, dropped for concurrency.
local most = op == 'SWEEP' and 64 or 4
local first = call('ZRANGE', KEYS[3], 0, most + 1, 'WITHSCORES')
local lapsed, next_end = {}, {}
local reclaiming = RESERVING[op] or op == 'SWEEP'
for i = 1, #first, 2 do
  local m, lease_end = first[i], first[i + 1] + 0
  if reclaiming and lease_end <= now and #lapsed < most then
    lapsed[#lapsed + 1] = m
    lapsed[m] = true
    for kind, scope, field, amount in string.gmatch(m, '|([bc])([ts])([^|=]+)=(%d+)') do
      local hash = hashes[scope == 't' and 3 or 4]
      local c = hash.cells[field]
      if not c then
        c = amounts(hash, field, call('HGET', hash.key, field))
        hash.cells[field] = c
      end
      if not c.corrupt and not c.new then
        touch(c)
        c.held = max(0, c.held - amount)
        if kind == 'b' then c.used = min(MAX, c.used + amount) else c.gauge = true end
      end
    end
  else
    next_end[#next_end + 1] = {m, lease_end}
  end
end

local hold = RESERVING[op] and call('GET', KEYS[2]) or nil
local state = 'none'
if hold then
  local s = string.sub(hold, 1, 1)
  if s == 'H' then
    local held_member = string.sub(hold, 2)
    if (op == 'SETTLE' or op == 'RELEASE') and held_member ~= member then
      return {'bad-argument', 'limits or estimates differ from the admitted ones'}
    end
    member = held_member
    state = 'expired'
    if not lapsed[member] and call('ZSCORE', KEYS[3], member) then state = 'held' end
  else
    state = 'ended'
  end
end
local was_soonest = call('ZSCORE', KEYS[4], tenant)

-- 3. Decide.

local function reply(status, index, wait)
  local r = {status, now, index, wait}
  for i = 1, n do
    local l = limits[i]
    local c = l.cell
    if l.kind == 'r' then
      r[#r + 1] = c.level
      r[#r + 1] = c.level >= c.burst and 0 or ceildiv((c.burst - c.level) * c.period - c.rem, c.rate)
    else
      r[#r + 1] = l.kind == 'b' and c.used or 0
      r[#r + 1] = c.held
    end
    r[#r + 1] = l.refused or 0
  end
  return r
end

-- 4. Write.

local function keep_alive(key, ms)
  if call('PTTL', key) < ms then call('PEXPIRE', key, text(ms)) end
end

-- A field in 32 that is created looks for ones that say no more than their absence does.
local function prune(key, rate_limit)
  local all = call('HGETALL', key)
  for i = 1, min(#all, 8192), 2 do
    local v = all[i + 1]
    if rate_limit then
      local e, r, s, w, x, y, z = match(v, '^(-?%d+),(%d+),(%d+),(%d+),(%d+),(%d+),(%d+)$')
      if e and now - s >= ceildiv((x - e) * z, y + 0) then call('HDEL', key, all[i]) end
    else
      local k = match(v, '^%d+,0,(%d+),')
      if k and k + 0 < now then call('HDEL', key, all[i]) end
    end
  end
end

-- A time to live is looked at when a field is new or its last hour is over, not at every call.
local function write()
  for i = 1, #dirty do
    local c = dirty[i]
    local w = c.hash.write
    local value
    if c.rate_limit then
      value = format('%.0f,%.0f,%.0f,%.0f,%.0f,%.0f,%.0f', c.level + 0, c.rem + 0, c.at, c.version, c.burst, c.rate, c.period)
      if c.new or floor(c.was_at / HOUR) ~= floor(c.at / HOUR) then
        w.ttl = max(w.ttl or 0, 2 * HOUR + min(KEEP, 2 * ceildiv(2 * c.burst * c.period, c.rate)))
      end
    else
      if c.gauge and c.keep < now + KEEP / 2 then
        c.keep = now + KEEP
        w.ttl = KEEP
      elseif c.new then
        w.ttl = max(w.ttl or HOUR, c.keep - now)
      end
      value = format('%.0f,%.0f,%.0f,%.0f,%.0f', c.used + 0, c.held + 0, c.keep, c.base, era)
    end
    if c.gauge and c.held == 0 then
      w.gone = w.gone or {}
      w.gone[#w.gone + 1] = c.field
    else
      w[w.n + 1], w[w.n + 2] = c.field, value
      w.n = w.n + 2
      w.new = w.new or c.new
    end
  end
  for h = 1, 4 do
    local hash = hashes[h]
    local w = hash.write
    if w.n > 0 then
      if w.new and fmod(call('HLEN', hash.key), 32) == 31 then prune(hash.key, hash.rate) end
      call('HSET', hash.key, unpack(w, 1, w.n))
      if w.ttl then keep_alive(hash.key, w.ttl) end
    end
    if w.gone then call('HDEL', hash.key, unpack(w.gone)) end
  end
  for i = 1, #lapsed do call('ZREM', KEYS[3], lapsed[i]) end
end

-- Keeps the index of tenants by next lease end; added and removed are the call's own change of the tenant's holds.
local function index_lease(added, removed)
  local soonest = added
  for i = 1, #next_end do
    local m, lease_end = next_end[i][1], next_end[i][2]
    if m ~= removed and (not soonest or lease_end < soonest) then soonest = lease_end end
  end
  if not soonest then
    call('ZREM', KEYS[4], tenant)
  elseif not was_soonest or was_soonest + 0 ~= soonest then
    call('ZADD', KEYS[4], text(soonest), tenant)
    if not was_soonest or floor(was_soonest / HOUR) ~= floor(soonest / HOUR) then
      keep_alive(KEYS[4], KEEP)
      if added or #next_end > 0 then keep_alive(KEYS[3], KEEP) end
    end
  end
end

local function reclaim_only()
  if #lapsed > 0 then
    write()
    index_lease(nil, nil)
  end
end

-- What an admit does to one limit.
local function take(l)
  local c = l.cell
  touch(c)
  if l.kind == 'r' then
    c.level = max(-c.burst, c.level - l.est)
  else
    c.held = min(MAX, c.held + l.est)
    c.gauge = l.kind == 'c'
    if l.kind == 'b' then c.keep = max(c.keep, l.d) end
  end
end

-- Which server this is. Where INFO may not be asked, all are taken for the same.
local function server()
  local info = redis.pcall('INFO', 'server')
  return type(info) == 'string' and match(info, 'run_id:(%w+)') or 'unknown'
end

local function begin(here)
  era = max(now, era + 1)
  current = id .. ':' .. text(lease == 0 and 0 or now + lease)
  call('SET', KEYS[1], current .. ' ' .. here .. ' ' .. text(era))
end

if op == 'PEEK' then return reply('peek', 0, 0) end

if op == 'GREET' then
  local here = server()
  if current == '' or (here ~= run and here ~= 'unknown' and run ~= 'unknown') then begin(here) end
  return {'greeted', now, current}
end

if op == 'BEAT' then
  call('ZADD', KEYS[9], text(now + lease), id)
  call('ZREMRANGEBYSCORE', KEYS[9], '-inf', '(' .. text(now))
  keep_alive(KEYS[9], HOUR)
  local r = {'beat', now, current, call('ZCARD', KEYS[9])}
  local due = call('ZRANGEBYSCORE', KEYS[4], '-inf', text(now), 'LIMIT', 0, 16)
  for i = 1, #due do r[#r + 1] = due[i] end
  return r
end

if op == 'SWEEP' then
  write()
  index_lease(nil, nil)
  return {'swept', now, #lapsed}
end

if op == 'SEED' then
  if current == '' then begin(server()) end
  for i = 1, n do
    local l = limits[i]
    local c = l.cell
    if l.est > c.base then
      touch(c)
      c.used = min(MAX, c.used + l.est - c.base)
      c.base, c.keep = l.est, max(c.keep, l.d)
    end
  end
  write()
  return {'seeded', now, current}
end

if current == '' or epoch ~= current then return {'other-epoch', now, current} end

if op == 'EXTEND' then
  if state == 'held' then
    call('SET', KEYS[2], 'H' .. member, 'PX', text(lease + HOUR))
    write()
    call('ZADD', KEYS[3], text(now + lease), member)
    index_lease(now + lease, member)
    return reply('extended', 0, 0)
  end
  reclaim_only()
  return reply(state == 'none' and 'unknown' or state, 0, 0)
end

if op == 'SETTLE' or op == 'RELEASE' then
  if state == 'ended' then
    reclaim_only()
    return reply('already', 0, 0)
  end
  local charged = op == 'SETTLE' or state == 'expired'
  for i = 1, n do
    local l = limits[i]
    local c = l.cell
    local act = op == 'SETTLE' and l.act or 0
    if l.kind == 'r' then
      if state ~= 'none' or charged then
        touch(c)
        c.level = max(-c.burst, min(c.burst, c.level + (state == 'none' and 0 or l.est) - act))
        if c.level == c.burst then c.rem = 0 end
      end
    elseif state == 'held' then
      touch(c)
      c.held = max(0, c.held - l.est)
      if l.kind == 'b' then c.used, c.keep = min(MAX, c.used + act), max(c.keep, l.d) else c.gauge = true end
    elseif l.kind == 'b' and charged then
      touch(c)
      c.used, c.keep = max(0, min(MAX, c.used + act - (state == 'expired' and l.est or 0))), max(c.keep, l.d)
    end
  end
  call('SET', KEYS[2], op == 'SETTLE' and 'S' or 'R', 'PX', text(lease + HOUR))
  write()
  if state == 'held' then call('ZREM', KEYS[3], member) end
  if state == 'held' or #lapsed > 0 then index_lease(nil, member) end
  local status = {none = 'unknown', expired = 'late', held = op == 'SETTLE' and 'settled' or 'released'}
  return reply(status[state], 0, 0)
end

-- ADMIT, RESTORE
if state ~= 'none' then
  reclaim_only()
  return reply(state == 'held' and 'duplicate' or 'ended', 0, 0)
end

local index, wait, status = 0, 0, nil
local opens = tonumber(match(current, ':(%d+)$') or '0')
for i = 1, n do
  local l = limits[i]
  local c = l.cell
  local need, why = 0, nil
  if l.kind == 'r' then
    if l.est > c.burst then
      why = 'too-large'
    elseif c.level < l.est then
      why, need = 'denied', ceildiv((l.est - c.level) * c.period - c.rem, c.rate)
    end
  elseif l.kind == 'b' then
    if now < l.b or now >= l.c then
      status, index, wait = 'stale-period', i, 0
      break
    end
    if l.est > l.a then
      why = 'too-large'
    elseif c.used + c.held + l.est > l.a then
      why, need = 'denied', l.c - now
    elseif now < opens and l.enforce then
      why, need = 'recovering', opens - now
    end
  elseif l.est > l.a then
    why = 'too-large'
  elseif c.held + l.est > l.a then
    why, need = 'denied', 1000
  end
  if why then
    l.refused = 1
    if l.enforce then
      local rank = {['too-large'] = 3, denied = 2, recovering = 1}
      if not status or rank[why] > rank[status] or (why == status and need > wait) then
        status, index, wait = why, i, need
      end
    end
  end
end
if status and op == 'ADMIT' then
  reclaim_only()
  return reply(status, index, wait)
end

call('SET', KEYS[2], 'H' .. member, 'PX', text(lease + HOUR))
for i = 1, n do take(limits[i]) end
write()
call('ZADD', KEYS[3], text(now + lease), member)
index_lease(now + lease, nil)
return reply(op == 'ADMIT' and 'admitted' or 'restored', 0, 0)
