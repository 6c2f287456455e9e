#!lua flags=allow-oom
-- Drops messages that are under this hold and generation.
-- KEYS[1]  prefix of the broker
-- ARGV     for each message: task id, generation, hold (16 bytes)
-- Output   {time in µs}
--- @include read-clock
--- @include unpack-message
--- @include drop-message
--- @include flush-zsets
--- @include flush-delayed
local prefix = KEYS[1]
local _, time = read_clock()
for i = 1, #ARGV, 3 do
  local packed = redis.call("HGET", prefix .. BROKER_KEY.messages, ARGV[i])
  local message = packed and unpack_message(packed)
  if message and message.generation == tonumber(ARGV[i + 1]) and message.hold == ARGV[i + 2] then
    redis.call("HDEL", prefix .. BROKER_KEY.messages, ARGV[i])
    drop_message(prefix, ARGV[i], message)
  end
end
flush_zsets()
flush_delayed(prefix, prefix .. BROKER_KEY.due)
return { time }
