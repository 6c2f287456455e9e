#!lua flags=allow-oom
-- Replaces records by compare-and-set on the revision. What never changes of a record, its name,
-- queue, tags and spec, is kept from what is stored.
-- KEYS[1]  prefix of the partition
-- ARGV[1]  channel of the notices
-- ARGV[2]  id of the intent to note for what becomes waiting, or ""
-- ARGV[3]  logs that a task keeps
-- ARGV[4…] for each change: id, expected revision, head, tail, end of the hold of its unique key (""
--          makes no claim), id whose hold does not count, number of events, and for each of them:
--          sequence, "o" for an output or "l" for a log, body
-- Output   {time in µs, {verdict…}}: 0 applied, {1} gone, {1, record} conflict, {2, id, record} key held
--- @include read-clock
--- @include unpack-head
--- @include pack-head
--- @include middle-end
--- @include pair-of
--- @include tags-of
--- @include is-waiting
--- @include is-leased
--- @include index-task
--- @include add-to-wheel
--- @include unique-holder
--- @include note-change
--- @include note-work
--- @include add-intent
--- @include commit
local prefix, channel = KEYS[1], ARGV[1]
local now, time = read_clock()
local verdicts, waiting = {}, {}
local position = 4

-- Takes over what renewals changed since the caller read the record: they make no revision. Tells
-- whether that may have changed `after`.
local function keep_renewal(stored, after)
  if not is_leased(stored[HEAD.state]) or not is_leased(after[HEAD.state]) then return false end
  if stored[HEAD.attempt] ~= after[HEAD.attempt] then return false end
  if stored[HEAD.nonce] ~= after[HEAD.nonce] then return false end
  after[HEAD.leaseEndAt] = math.max(stored[HEAD.leaseEndAt], after[HEAD.leaseEndAt])
  after[HEAD.flags] = math.max(stored[HEAD.flags], after[HEAD.flags])
  return true
end

-- The stored record is what this change made, but for a renewal or the passing of its due time.
local function is_repeat(record, stored, after, tail)
  if stored[HEAD.revision] ~= after[HEAD.revision] then return false end
  keep_renewal(stored, after)
  if stored[HEAD.state] == STATE.PENDING and is_waiting(after[HEAD.state]) then
    after[HEAD.state] = STATE.PENDING
  end
  local head = string.sub(record, 1, CONST.headSize)
  return pack_head(after) == head and string.sub(record, middle_end(stored) + 1) == tail
end

local function add_events(id, from, count)
  local logs = false
  for i = from, from + 3 * (count - 1), 3 do
    local is_log = ARGV[i + 1] == "l"
    local key = prefix .. (is_log and KEY.logs or KEY.outputs) .. id
    -- Fails for a sequence that is there already, which is none the worse.
    redis.pcall("XADD", key, ARGV[i] .. "-0", "b", ARGV[i + 2])
    logs = logs or is_log
  end
  if logs then redis.call("XTRIM", prefix .. KEY.logs .. id, "MAXLEN", "=", ARGV[3]) end
end

local function write(id, revision, head, tail, until_at, replaces, events_from, event_count)
  local key = prefix .. KEY.task .. id
  local record = redis.call("GET", key)
  if not record then return { 1 } end
  local stored, after = unpack_head(record), unpack_head(head)
  if stored[HEAD.revision] ~= revision then
    if is_repeat(record, stored, after, tail) then return 0 end
    return { 1, record }
  end
  if until_at ~= "" then
    local _, unique = tags_of(record, stored)
    if unique then
      local holder, held = unique_holder(prefix, unique, id, replaces, now)
      if holder then return { 2, holder, held } end
      redis.call("SET", prefix .. KEY.unique .. unique, until_at .. " " .. id)
    end
  end
  if keep_renewal(stored, after) then head = pack_head(after) end
  local middle = string.sub(record, CONST.headSize + 1, middle_end(stored))
  redis.call("SET", key, head .. middle .. tail)
  local pair, queue, name = pair_of(record, stored)
  index_task(prefix, id, stored, pair, queue, false)
  index_task(prefix, id, after, pair, queue, true)
  if after[HEAD.purgeAt] > 0 and after[HEAD.purgeAt] ~= stored[HEAD.purgeAt] then
    add_to_wheel(id, after[HEAD.purgeAt])
  end
  if event_count > 0 then add_events(id, events_from, event_count) end
  note_change(id, after)
  if is_waiting(after[HEAD.state]) then
    note_work(pair, queue, name, after[HEAD.dueAt])
    waiting[#waiting + 1] = id
  end
  return 0
end

while position < #ARGV do
  local id, revision, head, tail, until_at, replaces, event_count = unpack(ARGV, position, position + 6)
  local events_from = position + 7
  event_count = tonumber(event_count)
  verdicts[#verdicts + 1] =
    write(id, tonumber(revision), head, tail, until_at, replaces, events_from, event_count)
  position = events_from + 3 * event_count
end
add_intent(prefix, ARGV[2], waiting, now)
commit(prefix, channel)
return { time, verdicts }
