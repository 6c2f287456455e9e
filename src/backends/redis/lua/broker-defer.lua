#!lua flags=allow-oom
-- Gives messages that are under this hold and generation back, with their old place.
-- KEYS[1]  prefix of the broker
-- ARGV[1]  channel of the notices
-- ARGV[2…] for each message: task id, generation, hold (16 bytes), delay in ms
-- Output   {time in µs}
--- @include read-clock
--- @include pack-message
--- @include unpack-message
--- @include place-message
--- @include flush-zsets
--- @include flush-delayed
--- @include publish-work
local prefix, channel = KEYS[1], ARGV[1]
local now, time = read_clock()
local NO_HOLD = string.rep("\0", 16)
for i = 2, #ARGV, 4 do
  local id, delay = ARGV[i], tonumber(ARGV[i + 3])
  local packed = redis.call("HGET", prefix .. BROKER_KEY.messages, id)
  local message = packed and unpack_message(packed)
  if message and message.generation == tonumber(ARGV[i + 1]) and message.hold == ARGV[i + 2] then
    message.hold = NO_HOLD
    redis.call("HSET", prefix .. BROKER_KEY.messages, id, pack_message(message))
    place_message(prefix, id, message, delay > 0 and now + delay)
    note_work(message.pair, message.queue, message.name, math.max(delay, 0))
  end
end
flush_zsets()
flush_delayed(prefix, prefix .. BROKER_KEY.due)
publish_work(channel)
return { time }
