#!lua flags=no-writes
-- Documents that have not expired.
-- KEYS[1]  prefix of the meta keys
-- ARGV     for each document: kind, key
-- Output   {time in µs, {packed document or false…}}
--- @include read-clock
--- @include live-document
local now, time = read_clock()
local out = {}
for i = 1, #ARGV, 2 do
  local packed = redis.call("HGET", KEYS[1] .. META.documents .. ARGV[i], ARGV[i + 1])
  out[#out + 1] = live_document(packed, now) or false
end
return { time, out }
