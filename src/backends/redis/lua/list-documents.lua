#!lua flags=no-writes
-- All documents of a kind that have not expired.
-- KEYS[1]  prefix of the meta keys
-- ARGV[1]  kind
-- Output   {time in µs, {key, packed document…}}
--- @include read-clock
--- @include live-document
local now, time = read_clock()
local out = {}
local all = redis.call("HGETALL", KEYS[1] .. META.documents .. ARGV[1])
for i = 1, #all, 2 do
  if live_document(all[i + 1], now) then
    out[#out + 1], out[#out + 2] = all[i], all[i + 1]
  end
end
return { time, out }
