#!lua flags=no-writes
-- Tasks that need attention: leases and waiting deadlines that have passed, earliest first.
-- KEYS[1]  prefix of the partition
-- ARGV[1]  most records, [2] most bytes (one record at least)
-- Output   {time in µs, when the next needs attention in ms or 0, {id, record…}}
--- @include read-clock
--- @include is-before
local prefix, limit, max_bytes = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local now, time = read_clock()
local entries = {}
for _, index in ipairs({ KEY.leases, KEY.deadlines }) do
  local found = redis.call("ZRANGE", prefix .. index, 0, limit, "WITHSCORES")
  for i = 1, #found, 2 do
    entries[#entries + 1] = { tonumber(found[i + 1]), found[i] }
  end
end
table.sort(entries, function(a, b)
  if a[1] ~= b[1] then return a[1] < b[1] end
  return is_before(a[2], b[2])
end)

local out, bytes, taken = {}, 0, 0
while entries[taken + 1] and taken < limit and bytes < max_bytes and entries[taken + 1][1] <= now do
  taken = taken + 1
  local id = entries[taken][2]
  local record = redis.call("GET", prefix .. KEY.task .. id)
  if record then
    out[#out + 1], out[#out + 2] = id, record
    bytes = bytes + #record
  end
end
local next_at = entries[taken + 1] and entries[taken + 1][1] or 0
return { time, next_at, out }
