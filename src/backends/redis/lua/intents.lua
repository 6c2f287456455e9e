#!lua flags=no-writes
-- Intents of a certain age, oldest first.
-- KEYS[1]  prefix of the partition
-- ARGV[1]  least age in ms, [2] most intents
-- Output   {time in µs, {id, task ids by line…}}
--- @include read-clock
local prefix = KEYS[1]
local now, time = read_clock()
local out = {}
local upto = now - tonumber(ARGV[1])
local times = prefix .. KEY.intentTimes
for _, id in ipairs(redis.call("ZRANGEBYSCORE", times, "-inf", upto, "LIMIT", 0, ARGV[2])) do
  out[#out + 1] = id
  out[#out + 1] = redis.call("HGET", prefix .. KEY.intents, id) or ""
end
return { time, out }
