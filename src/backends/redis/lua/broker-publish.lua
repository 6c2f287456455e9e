#!lua
-- Adds messages; one of a higher generation replaces the task's message and its hold.
-- KEYS[1]  prefix of the broker
-- ARGV[1]  channel of the notices
-- ARGV[2…] for each message: task id, generation, queue, name, priority, orderAt, delay in ms
-- Output   {time in µs}
--- @include read-clock
--- @include pack-message
--- @include unpack-message
--- @include place-message
--- @include drop-message
--- @include flush-zsets
--- @include flush-delayed
--- @include publish-work
local prefix, channel = KEYS[1], ARGV[1]
local now, time = read_clock()
local NO_HOLD = string.rep("\0", 16)

local function publish(id, message, delay)
  local stored = redis.call("HGET", prefix .. BROKER_KEY.messages, id)
  if stored then
    local known = unpack_message(stored)
    if known.generation >= message.generation then return end
    drop_message(prefix, id, known)
  end
  message.pair = message.queue .. "\0" .. message.name
  redis.call("HSET", prefix .. BROKER_KEY.messages, id, pack_message(message))
  place_message(prefix, id, message, delay > 0 and now + delay)
  note_work(message.pair, message.queue, message.name, math.max(delay, 0))
end

for i = 2, #ARGV, 7 do
  local message = {
    generation = tonumber(ARGV[i + 1]),
    queue = ARGV[i + 2],
    name = ARGV[i + 3],
    priority = tonumber(ARGV[i + 4]),
    order_at = tonumber(ARGV[i + 5]),
    hold = NO_HOLD,
  }
  publish(ARGV[i], message, tonumber(ARGV[i + 6]))
end
flush_zsets()
flush_delayed(prefix, prefix .. BROKER_KEY.due)
publish_work(channel)
return { time }
