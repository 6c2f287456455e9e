#!lua
-- Adds waiting tasks, all or none: where one is refused, nothing is written. Sheds under maxmemory: it lacks the flag
-- allow-oom.
-- KEYS[1]  prefix of the partition
-- ARGV[1]  channel of the notices, [2] the notice
-- ARGV[3]  id of the intent to note, or "", and [4] the tasks' ids by line
-- ARGV[5]  number of tasks, then for each: key, packed record
-- ARGV[…]  number of claims, then for each: position of its task, tag, id, id whose hold does not count
-- ARGV[…]  commands that write indexes, counters and claims: number of what follows, command, part of the key, arguments
-- Output   {time in µs, {}}, or the verdicts: 0 not refused, {1, record} exists, {2, id, record} key held
--- @include read-clock
--- @include unique-holder
--- @include add-intent
--- @include publish-notice
local prefix, channel = KEYS[1], ARGV[1]
local now, time = read_clock()
local tasks_end = 5 + 2 * ARGV[5]
local commands_from = tasks_end + 2 + 4 * ARGV[tasks_end + 1]

local function held_keys()
  local held, any = {}, false
  for i = tasks_end + 2, commands_from - 1, 4 do
    local holder, record = unique_holder(prefix, ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], now)
    if holder then
      held[tonumber(ARGV[i])] = { 2, holder, record }
      any = true
    end
  end
  return any, held
end

local function verdicts_of(held)
  local verdicts = {}
  for i = 6, tasks_end, 2 do
    local record = redis.call("GET", ARGV[i])
    verdicts[#verdicts + 1] = record and { 1, record } or held[#verdicts + 1] or 0
  end
  return verdicts
end

local any, held = held_keys()
if any or redis.call("MSETNX", unpack(ARGV, 6, tasks_end)) == 0 then return { time, verdicts_of(held) } end
local at = commands_from
while at < #ARGV do
  local upto = at + ARGV[at]
  redis.call(ARGV[at + 1], prefix .. ARGV[at + 2], unpack(ARGV, at + 3, upto))
  at = upto + 1
end
add_intent(prefix, ARGV[3], ARGV[4], now)
publish_notice(prefix, channel, ARGV[2])
return { time, {} }
