#!lua flags=allow-oom
-- Removes documents; one that is gone is no error.
-- KEYS[1]  prefix of the meta keys
-- ARGV[1]  channel of the notices
-- ARGV[2…] for each document: kind, key
-- Output   {time in µs}
--- @include read-clock
local prefix, channel = KEYS[1], ARGV[1]
local _, time = read_clock()
for i = 2, #ARGV, 2 do
  local kind, key = ARGV[i], ARGV[i + 1]
  if redis.call("HDEL", prefix .. META.documents .. kind, key) == 1 then
    redis.call("ZREM", prefix .. META.expiries, kind .. "\0" .. key)
    redis.call("PUBLISH", channel, cjson.encode({ d = { kind, key } }))
  end
end
return { time }
