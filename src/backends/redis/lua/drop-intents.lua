#!lua flags=allow-oom
-- Forgets intents.
-- KEYS[1]  prefix of the partition
-- ARGV     ids
-- Output   {time in µs}
--- @include read-clock
local _, time = read_clock()
redis.call("HDEL", KEYS[1] .. KEY.intents, unpack(ARGV))
redis.call("ZREM", KEYS[1] .. KEY.intentTimes, unpack(ARGV))
return { time }
