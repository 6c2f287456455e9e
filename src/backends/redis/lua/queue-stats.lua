#!lua flags=no-writes
-- Counters of queues, corrected for what has become due since they were written, and on request the
-- state of each queue and name.
-- KEYS[1]  prefix of the partition
-- ARGV[1]  "1": with queues and names; ARGV[2…] only these queues
-- Output   {time in µs, {field, count…}, {delayed set, due tasks in it…},
--          {"queue\0name", 1 if tasks wait, dueAt of the oldest that is pending or 0…}}
--- @include read-clock
local prefix = KEYS[1]
local now, time = read_clock()
local wanted = nil
for i = 2, #ARGV do
  wanted = wanted or {}
  wanted[ARGV[i]] = true
end

local function is_wanted(pair)
  return not wanted or wanted[string.sub(pair, 1, string.find(pair, "\0", 1, true) - 1)]
end

local due = {}
for _, name in ipairs(redis.call("ZRANGEBYSCORE", prefix .. KEY.due, "-inf", now)) do
  if is_wanted(string.sub(name, 3)) then
    due[#due + 1] = name
    due[#due + 1] = redis.call("ZCOUNT", prefix .. name, "-inf", now)
  end
end

-- The least due time among the first ids of a member, and `oldest`.
local function oldest_of(member, oldest)
  local count = 0
  for id in string.gmatch(member, "[^\n]+") do
    local bytes = redis.call("GETRANGE", prefix .. KEY.task .. id, OFFSET.dueAt, OFFSET.dueAt + 5)
    if #bytes == 6 then oldest = math.min(oldest or math.huge, struct.unpack("<I6", bytes), now) end
    count = count + 1
    if count == 2 then break end
  end
  return oldest
end

-- The least due time among the first ready tasks of each priority: within one, age orders them.
local function oldest_ready(key)
  local oldest, from = nil, "-inf"
  for _ = 1, 50 do
    local found = redis.call("ZRANGEBYSCORE", key, from, "+inf", "WITHSCORES", "LIMIT", 0, 8)
    if #found == 0 then break end
    local band = math.floor(tonumber(found[2]) / CONST.priorityStep)
    for i = 1, #found, 2 do
      if math.floor(tonumber(found[i + 1]) / CONST.priorityStep) ~= band then break end
      oldest = oldest_of(found[i], oldest)
    end
    from = (band + 1) * CONST.priorityStep
  end
  return oldest
end

local function describe(pair)
  local oldest, waits = oldest_ready(prefix .. KEY.ready .. pair), 0
  for _, kind in ipairs({ KEY.scheduled, KEY.retrying }) do
    local first = redis.call("ZRANGE", prefix .. kind .. pair, 0, 0, "WITHSCORES")
    if first[1] then
      waits = 1
      local due_at = tonumber(first[2])
      if due_at <= now then oldest = math.min(oldest or due_at, due_at) end
    end
  end
  if redis.call("EXISTS", prefix .. KEY.ready .. pair) == 1 then waits = 1 end
  return waits, oldest or 0
end

local names = {}
if ARGV[1] == "1" then
  for _, pair in ipairs(redis.call("SMEMBERS", prefix .. KEY.pairs)) do
    if is_wanted(pair) then
      local waits, oldest = describe(pair)
      names[#names + 1], names[#names + 2], names[#names + 3] = pair, waits, oldest
    end
  end
end
return { time, redis.call("HGETALL", prefix .. KEY.counters), due, names }
