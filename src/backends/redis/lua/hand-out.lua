#!lua flags=allow-oom
-- Takes due tasks and starts an attempt of each, one queue after the other. The same nonce again is
-- answered with the same tasks.
-- KEYS[1]  prefix of the partition
-- ARGV[1]  channel of the notices
-- ARGV[2]  nonce as 32 hex digits, [3] as 16 bytes, [4] session, [5] worker, [6] lease in ms,
--          [7] "1" where delivery needs no proof
-- ARGV[8]  most tasks, [9] most bytes of specs
-- ARGV[10…] for each queue: its name, number of task names, the names
-- Output   {time in µs, 1 if due tasks are left, when the next becomes due in ms or 0, ids by line, {record…}}
--- @include locals
--- @include read-clock
--- @include unpack-head
--- @include state-of
--- @include is-leased
--- @include is-waiting
--- @include waiting-deadline
--- @include lease-end
--- @include starts-of
--- @include count-state
--- @include change-zset
--- @include change-chunk
--- @include move-due
--- @include read-offers
--- @include take-candidates
--- @include drop-taken
--- @include any-ready
--- @include due-names
--- @include earliest-due
--- @include publish-notice
--- @include commit
local prefix, channel, nonce = KEYS[1], ARGV[1], ARGV[2]
local now, time = read_clock()
local nonce_bytes, session, worker = ARGV[3], ARGV[4], ARGV[5]
local lease_ms, delivered = tonumber(ARGV[6]), tonumber(ARGV[7])
local max, max_bytes = tonumber(ARGV[8]), tonumber(ARGV[9])
local given, records, writes = {}, {}, {}
local count, bytes, is_full = 0, 0, false
local key_start = prefix .. KEY.task
local cursors = {}

-- The delayed sets of these pairs, after what is due in them was made ready.
local function ripen(all)
  local names, sets = {}, {}
  for _, entry in ipairs(all) do
    for _, kind in ipairs({ KEY.scheduled, KEY.retrying }) do
      names[#names + 1] = kind .. entry[1]
      sets[#sets + 1] = { kind, entry[1], entry[2] }
    end
  end
  local budget = 1000
  for _, position in ipairs(due_names(prefix .. KEY.due, names, now)) do
    local kind, pair, queue = unpack(sets[position])
    if budget > 0 then budget = budget - move_due(prefix, kind, pair, queue, now, budget) end
  end
  flush_zsets()
  flush_chunks()
  flush_delayed(prefix, prefix .. KEY.due)
  return names
end

local function attempt_part(attempt, charged, started_at, ends_at, deadline)
  return struct.pack(
    CONST.attemptFormat, attempt, charged, started_at, ends_at, 0, deadline, now, 0, 0, 0, 0, #worker, #session, nonce_bytes
  ) .. worker .. session
end

-- How to start a task with this head: `start` of core/transitions.ts. Nothing where it is passed over: it does not wait, or
-- is past its deadline and now the rescuer's. Mostly one plan serves a whole batch.
local plans = {}
local function make_plan(record, queue)
  local _, state, flags, attempt_length, middle_length, spec_length, revision, _, timeout, pending_deadline, total_deadline =
    read_numbers(CONST.waitingFormat, record)
  local attempt, charged, started_at = starts_of(record, attempt_length)
  local waits_until = waiting_deadline(started_at, pending_deadline, total_deadline)
  if not is_waiting(state) or (waits_until > 0 and waits_until <= now) then return {} end
  if started_at == 0 then started_at = now end
  local deadline = timeout == 0 and 0 or now + timeout
  local ends_at = lease_end(deadline, total_deadline, now, lease_ms)
  local part = attempt_part(attempt + 1, charged + 1, started_at, ends_at, deadline)
  local start = struct.pack(
    CONST.startFormat, CONST.recordVersion, STATE.RUNNING, bit.bor(bit.band(flags, CONST.events), delivered), #part,
    middle_length, spec_length, revision + 1, now
  )
  local plan = {
    start = start,
    part = part,
    middle_from = CONST.headSize + attempt_length + 1,
    spec_length = spec_length,
    has_deadline = waits_until > 0,
    revision = revision + 1,
    ends_at = ends_at,
    queue = queue,
    state = state,
    ids = {},
    count = 0,
  }
  plans[#plans + 1] = plan
  return plan
end

-- Plans for tasks of one queue that were never started, by all bytes of the head that a plan looks at.
local known = {}
local function plan_of(record, queue)
  local first = sub(record, 1, OFFSET.updatedAt)
  local limits = sub(record, OFFSET.attemptTimeoutMs + 1, OFFSET.stamp)
  local alike = known[first]
  if not alike then
    if read_numbers("<I2", record, OFFSET.attemptLength + 1) > 0 then return make_plan(record, queue) end
    alike = {}
    known[first] = alike
  end
  local plan = alike[limits]
  if not plan then
    plan = make_plan(record, queue)
    alike[limits] = plan
  end
  return plan
end

-- Starts the task, or passes over it. False where the answer would grow too large.
local function start(id, key, record, queue)
  if not record then return true end
  local plan = plan_of(record, queue)
  if not plan.start then return true end
  if count > 0 and bytes + plan.spec_length > max_bytes then return false end
  bytes = bytes + plan.spec_length
  local started = plan.start
    .. sub(record, OFFSET.attemptTimeoutMs + 1, CONST.headSize)
    .. plan.part
    .. sub(record, plan.middle_from)
  if plan.has_deadline then change_zset(prefix .. KEY.deadlines, id, false) end
  plan.count = plan.count + 1
  plan.ids[plan.count] = id
  count = count + 1
  given[count], records[count] = id, started
  writes[2 * count - 1], writes[2 * count] = key, started
  return true
end

-- Leases and counters of what was started, and the notice of it in groups of one revision; see change-feed.ts.
local function index_started()
  local groups = {}
  for _, plan in ipairs(plans) do
    local ids = plan.ids
    if plan.count > 0 then
      add_all_to_chunk(prefix .. KEY.leases, plan.ends_at, ids)
      count_state(plan.queue, plan.state, -plan.count)
      count_state(plan.queue, STATE.RUNNING, plan.count)
      groups[#groups + 1] =
        string.format("%d\n%.0f\n%d\n", STATE.RUNNING, plan.revision, plan.count) .. table.concat(ids, "\n")
    end
  end
  return #groups .. "\n" .. table.concat(groups, "\n")
end

-- How many records to read at once: not many more than the answer will hold.
local read_bytes, read_count = 0, 0
local function piece_size()
  if read_count == 0 then return math.min(16, max) end
  local fitting = math.floor((max_bytes - bytes) / (read_bytes / read_count)) + 1
  return math.max(1, math.min(fitting, max - count, 200))
end

local function take_from(offer)
  known = {}
  local sources = open_chunks(prefix .. KEY.ready, offer.pairs, cursors)
  local looked_at = 0
  while count < max and looked_at < max + 1000 and sources[1] do
    local ids, of, ends = take_candidates(sources, piece_size())
    local keys = {}
    for i, id in ipairs(ids) do keys[i] = key_start .. id end
    local found = redis.call("MGET", unpack(keys))
    for i, id in ipairs(ids) do
      local record = found[i]
      read_bytes, read_count = read_bytes + (record and #record or 0), read_count + 1
      if not start(id, keys[i], record, offer.queue) then
        is_full = true
        return
      end
      of[i].taken_to = ends[i]
    end
    looked_at = looked_at + #ids
  end
end

local function write_given()
  drop_taken(cursors)
  if count == 0 then return end
  redis.call("MSET", unpack(writes))
  redis.call("SET", prefix .. KEY.handedOut .. nonce, table.concat(given, "\n"), "PX", CONST.repeatWindowMs)
  publish_notice(prefix, channel, index_started())
end

local function answer_again(ids)
  for id in string.gmatch(ids, "[^\n]+") do
    local record = redis.call("GET", prefix .. KEY.task .. id)
    if record and is_leased(state_of(record)) then
      local from = ATTEMPT_OFFSET.nonce
      if sub(record, from + 1, from + 16) == nonce_bytes then
        given[#given + 1], records[#records + 1] = id, record
      end
    end
  end
end

local offers, all = read_offers(10)
local names = ripen(all)
local before = redis.call("GET", prefix .. KEY.handedOut .. nonce)
if before then
  answer_again(before)
else
  for _, offer in ipairs(offers) do
    if count >= max or is_full then break end
    take_from(offer)
  end
  write_given()
end
commit(prefix)
local due_at = earliest_due(prefix .. KEY.due, names)
local more = any_ready(prefix .. KEY.ready, all) or (due_at > 0 and due_at <= now)
return { time, more and 1 or 0, due_at, table.concat(given, "\n"), records }
