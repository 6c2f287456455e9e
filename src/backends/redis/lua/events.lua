#!lua flags=no-writes
-- Outputs and logs of a task after a sequence, merged by sequence.
-- KEYS[1]  prefix of the partition
-- ARGV[1]  id, [2] the sequence, [3] most events, [4] most bytes (one event at least)
-- Output   {time in µs, 1 if there are more, {sequence, "o" or "l", body…}}
--- @include read-clock
local _, time = read_clock()
local id, after, limit, max_bytes = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local PIECE = 16

local function open_source(key, kind)
  return { key = key .. id, kind = kind, after = after, items = {}, at = 1 }
end

-- Sequence and body of the source's next event, or nil.
local function peek(source)
  if source.at > #source.items and not source.done then
    source.items = redis.call("XRANGE", source.key, "(" .. source.after, "+", "COUNT", PIECE)
    source.at = 1
    source.done = #source.items < PIECE
    local last = source.items[#source.items]
    if last then source.after = last[1] end
  end
  local item = source.items[source.at]
  if not item then return nil end
  return tonumber(string.match(item[1], "^%d+")), item[2][2]
end

local outputs = open_source(KEYS[1] .. KEY.outputs, "o")
local logs = open_source(KEYS[1] .. KEY.logs, "l")
local out, bytes, more = {}, 0, 0
while true do
  local output_at, output = peek(outputs)
  local log_at, log = peek(logs)
  if not output_at and not log_at then break end
  local source, sequence, body = outputs, output_at, output
  if not output_at or (log_at and log_at < output_at) then source, sequence, body = logs, log_at, log end
  bytes = bytes + #body
  if #out >= 3 * limit or (#out > 0 and bytes > max_bytes) then
    more = 1
    break
  end
  out[#out + 1], out[#out + 2], out[#out + 3] = sequence, source.kind, body
  source.at = source.at + 1
end
return { time, more, out }
