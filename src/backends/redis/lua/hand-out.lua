#!lua flags=allow-oom
-- Takes due tasks and starts an attempt of each, one queue after the other. The same nonce again is
-- answered with the same tasks.
-- KEYS[1]  prefix of the partition
-- ARGV[1]  channel of the notices
-- ARGV[2]  nonce as 32 hex digits, [3] as 16 bytes, [4] session, [5] worker, [6] lease in ms,
--          [7] "1" where delivery needs no proof
-- ARGV[8]  most tasks, [9] most bytes of specs
-- ARGV[10…] for each queue: its name, number of task names, the names
-- Output   {time in µs, 1 if due tasks are left, when the next becomes due in ms or 0, {id…}, {record…}}
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
local given, records, writes, by_revision = {}, {}, {}, {}
local count, leases_key = 0, prefix .. KEY.leases
local bytes, is_full = 0, false
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

-- The attempt part of a started task, and the end of its lease. First attempts with the same limit share it.
local first_parts, first_ends = {}, {}
local function attempt_part(attempt, charged, started_at, timeout, total_deadline)
  local is_plain = attempt == 1 and charged == 1 and started_at == now and total_deadline == 0
  if is_plain and first_parts[timeout] then return first_parts[timeout], first_ends[timeout] end
  local deadline = timeout == 0 and 0 or now + timeout
  local ends_at = lease_end(deadline, total_deadline, now, lease_ms)
  local part = struct.pack(
    CONST.attemptFormat, attempt, charged, started_at, ends_at, 0, deadline, now, 0, 0, 0, 0, #worker, #session, nonce_bytes
  ) .. worker .. session
  if is_plain then first_parts[timeout], first_ends[timeout] = part, ends_at end
  return part, ends_at
end

-- Starts the task, `start` of core/transitions.ts, or passes over it: gone, or past its deadline and now the rescuer's.
-- False where the answer would grow too large.
local function start(id, key, record, queue)
  if not record then return true end
  local _, state, flags, attempt_length, middle_length, spec_length, revision, _, timeout, pending_deadline, total_deadline =
    struct.unpack(CONST.waitingFormat, record)
  local attempt, charged, started_at = starts_of(record, attempt_length)
  local deadline = waiting_deadline(started_at, pending_deadline, total_deadline)
  if not is_waiting(state) or (deadline > 0 and deadline <= now) then return true end
  if count > 0 and bytes + spec_length > max_bytes then return false end
  bytes = bytes + spec_length
  if started_at == 0 then started_at = now end
  local part, ends_at = attempt_part(attempt + 1, charged + 1, started_at, timeout, total_deadline)
  revision = revision + 1
  local started = struct.pack(
    CONST.startFormat, CONST.recordVersion, STATE.RUNNING, bit.bor(bit.band(flags, CONST.events), delivered), #part,
    middle_length, spec_length, revision, now
  )
    .. string.sub(record, OFFSET.attemptTimeoutMs + 1, CONST.headSize)
    .. part
    .. string.sub(record, CONST.headSize + attempt_length + 1)
  if deadline > 0 then change_zset(prefix .. KEY.deadlines, id, false) end
  add_to_chunk(leases_key, ends_at, id)
  count_state(queue, state, -1)
  count = count + 1
  given[count], records[count] = id, started
  writes[2 * count - 1], writes[2 * count] = key, started
  local alike = by_revision[revision]
  if alike then
    alike[#alike + 1] = id
  else
    by_revision[revision] = { id }
  end
  return true
end

-- How many records to read at once: not many more than the answer will hold.
local read_bytes, read_count = 0, 0
local function piece_size()
  if read_count == 0 then return math.min(16, max) end
  local fitting = math.floor((max_bytes - bytes) / (read_bytes / read_count)) + 1
  return math.max(1, math.min(fitting, max - count, 200))
end

local function take_from(offer)
  local sources = open_chunks(prefix .. KEY.ready, offer.pairs, cursors)
  local looked_at = 0
  while count < max and looked_at < max + 1000 and sources[1] do
    local ids, of, ends = take_candidates(sources, piece_size())
    local keys = {}
    for i, id in ipairs(ids) do keys[i] = prefix .. KEY.task .. id end
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

local function serve(offer)
  local before = count
  take_from(offer)
  count_state(offer.queue, STATE.RUNNING, count - before)
end

-- The started tasks in groups of one revision; see change-feed.ts.
local function notice()
  local groups = {}
  for revision, ids in pairs(by_revision) do
    groups[#groups + 1] = string.format("%d\n%.0f\n%d\n", STATE.RUNNING, revision, #ids) .. table.concat(ids, "\n")
  end
  return #groups .. "\n" .. table.concat(groups, "\n")
end

local function write_given()
  drop_taken(cursors)
  if count == 0 then return end
  redis.call("MSET", unpack(writes))
  redis.call("SET", prefix .. KEY.handedOut .. nonce, table.concat(given, "\n"), "PX", CONST.repeatWindowMs)
  publish_notice(prefix, channel, notice())
end

local function answer_again(ids)
  for id in string.gmatch(ids, "[^\n]+") do
    local record = redis.call("GET", prefix .. KEY.task .. id)
    if record and is_leased(state_of(record)) then
      local from = ATTEMPT_OFFSET.nonce
      if string.sub(record, from + 1, from + 16) == nonce_bytes then
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
    serve(offer)
  end
  write_given()
end
commit(prefix)
local due_at = earliest_due(prefix .. KEY.due, names)
local more = any_ready(prefix .. KEY.ready, all) or (due_at > 0 and due_at <= now)
return { time, more and 1 or 0, due_at, given, records }
