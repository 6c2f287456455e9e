#!lua flags=allow-oom
-- Takes due messages, one queue after the other, and holds each for a time. The same hold again is
-- answered with the same messages.
-- KEYS[1]  prefix of the broker
-- ARGV[1]  hold as 32 hex digits, [2] as 16 bytes, [3] its length in ms, [4] most messages
-- ARGV[5…] for each queue: its name, number of task names, the names
-- Output   {time in µs, 1 if due messages are left, in how many ms the next becomes due or -1,
--          {task id, generation, queue, name, priority, orderAt…}}
--- @include read-clock
--- @include pack-message
--- @include unpack-message
--- @include place-message
--- @include flush-zsets
--- @include flush-delayed
--- @include read-offers
--- @include open-ready
--- @include pass-ready
--- @include any-ready
--- @include due-names
--- @include earliest-due
local prefix, hold, hold_ms, max = KEYS[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local now, time = read_clock()
local NO_HOLD = string.rep("\0", 16)
local messages, taken = {}, {}
local hash = prefix .. BROKER_KEY.messages

local function read_message(id)
  local packed = redis.call("HGET", hash, id)
  return packed and unpack_message(packed)
end

-- The delayed sets of these pairs, after what is due in them, by time or by the end of its hold, was
-- made ready.
local function ripen(all)
  local names = {}
  for i, entry in ipairs(all) do names[i] = BROKER_KEY.later .. entry[1] end
  local budget = 1000
  for _, position in ipairs(due_names(prefix .. BROKER_KEY.due, names, now)) do
    local name = names[position]
    local ids = redis.call("ZRANGEBYSCORE", prefix .. name, "-inf", now, "LIMIT", 0, budget)
    for _, id in ipairs(ids) do
      local message = read_message(id)
      if message.hold ~= NO_HOLD then
        message.hold = NO_HOLD
        redis.call("HSET", hash, id, pack_message(message))
      end
      place_message(prefix, id, message, nil)
    end
    budget = budget - #ids
  end
  flush_zsets()
  flush_delayed(prefix, prefix .. BROKER_KEY.due)
  return names
end

local function add(id, message)
  local count = #messages
  messages[count + 1] = id
  messages[count + 2] = message.generation
  messages[count + 3] = message.queue
  messages[count + 4] = message.name
  messages[count + 5] = message.priority
  messages[count + 6] = message.order_at
end

local function serve(offer)
  local sources = open_ready(prefix .. BROKER_KEY.ready, offer.pairs, max)
  while #taken < max do
    local source = sources[1]
    if not source then return end
    local id = source.id
    local message = read_message(id)
    message.hold = hold
    redis.call("HSET", hash, id, pack_message(message))
    place_message(prefix, id, message, now + hold_ms)
    add(id, message)
    taken[#taken + 1] = id
    pass_ready(sources)
  end
end

local function answer_again(ids)
  for id in string.gmatch(ids, "[^\n]+") do
    local message = read_message(id)
    if message and message.hold == hold then add(id, message) end
  end
end

local offers, all = read_offers(5)
local names = ripen(all)
-- Before the take: what is taken here will be settled long before its hold ends.
local due_at = earliest_due(prefix .. BROKER_KEY.due, names)
local taken_key = prefix .. BROKER_KEY.taken .. ARGV[1]
local before = redis.call("GET", taken_key)
if before then
  answer_again(before)
else
  for _, offer in ipairs(offers) do
    if #taken >= max then break end
    serve(offer)
  end
  if #taken > 0 then
    redis.call("SET", taken_key, table.concat(taken, "\n"), "PX", CONST.repeatWindowMs)
  end
end
flush_zsets()
flush_delayed(prefix, prefix .. BROKER_KEY.due)
local more = any_ready(prefix .. BROKER_KEY.ready, all) or (due_at > 0 and due_at <= now)
return { time, more and 1 or 0, due_at == 0 and -1 or math.max(0, due_at - now), messages }
