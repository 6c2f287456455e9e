#!lua flags=allow-oom
-- Takes due tasks and starts an attempt of each, one queue after the other. The same nonce again is
-- answered with the same tasks.
-- KEYS[1]  prefix of the partition
-- ARGV[1]  channel of the notices
-- ARGV[2]  nonce as 32 hex digits, [3] as 16 bytes, [4] session, [5] worker, [6] lease in ms,
--          [7] "1" where delivery needs no proof
-- ARGV[8]  most tasks, [9] most bytes of specs
-- ARGV[10…] for each queue: its name, number of task names, the names
-- Output   {time in µs, 1 if due tasks are left, when the next becomes due in ms or 0, {id, record…}}
--- @include read-clock
--- @include unpack-head
--- @include is-leased
--- @include is-waiting
--- @include waiting-deadline
--- @include index-task
--- @include start-attempt
--- @include move-due
--- @include read-offers
--- @include open-ready
--- @include pass-ready
--- @include any-ready
--- @include due-names
--- @include earliest-due
--- @include note-change
--- @include commit
local prefix, channel, nonce = KEYS[1], ARGV[1], ARGV[2]
local now, time = read_clock()
local lease = {
  nonce = ARGV[3],
  session = ARGV[4],
  worker = ARGV[5],
  lease_ms = tonumber(ARGV[6]),
  delivered = tonumber(ARGV[7]),
}
local max, max_bytes = tonumber(ARGV[8]), tonumber(ARGV[9])
local tasks, given, bytes, is_full = {}, {}, 0, false

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
  flush_delayed(prefix, prefix .. KEY.due)
  return names
end

-- Starts the task, or passes over it: gone, or past its deadline and now the rescuer's. False where
-- the answer would grow too large.
local function start(id, pair, queue)
  local key = prefix .. KEY.task .. id
  local record = redis.call("GET", key)
  local head = record and unpack_head(record)
  local deadline = head and waiting_deadline(head) or 0
  if not head or not is_waiting(head[HEAD.state]) or (deadline > 0 and deadline <= now) then
    change_zset(prefix .. KEY.ready .. pair, id, false)
    return true
  end
  if #given > 0 and bytes + head[HEAD.specLength] > max_bytes then return false end
  bytes = bytes + head[HEAD.specLength]
  index_task(prefix, id, head, pair, queue, false)
  local started = start_attempt(record, head, lease, now)
  redis.call("SET", key, started)
  index_task(prefix, id, head, pair, queue, true)
  note_change(id, head)
  given[#given + 1] = id
  tasks[#tasks + 1] = id
  tasks[#tasks + 1] = started
  return true
end

local function serve(offer)
  local sources = open_ready(prefix .. KEY.ready, offer.pairs, max)
  local looked_at = 0
  while #given < max and looked_at < max + 1000 do
    local source = sources[1]
    if not source then return end
    if not start(source.id, source.pair, offer.queue) then
      is_full = true
      return
    end
    looked_at = looked_at + 1
    pass_ready(sources)
  end
end

local function answer_again(ids)
  for id in string.gmatch(ids, "[^\n]+") do
    local record = redis.call("GET", prefix .. KEY.task .. id)
    local head = record and unpack_head(record)
    if head and is_leased(head[HEAD.state]) and head[HEAD.nonce] == lease.nonce then
      tasks[#tasks + 1] = id
      tasks[#tasks + 1] = record
    end
  end
end

local offers, all = read_offers(10)
local names = ripen(all)
local handed_out = prefix .. KEY.handedOut .. nonce
local before = redis.call("GET", handed_out)
if before then
  answer_again(before)
else
  for _, offer in ipairs(offers) do
    if #given >= max or is_full then break end
    serve(offer)
  end
  if #given > 0 then
    redis.call("SET", handed_out, table.concat(given, "\n"), "PX", CONST.repeatWindowMs)
  end
end
commit(prefix, channel)
local due_at = earliest_due(prefix .. KEY.due, names)
local more = any_ready(prefix .. KEY.ready, all) or (due_at > 0 and due_at <= now)
return { time, more and 1 or 0, due_at, tasks }
