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
local PIECE = 50

-- The first entries of an index, more than `limit` and all of the last one's time. Members hold one id, or several.
local function gather(key)
  local count, last = 0, nil
  for from = 0, math.huge, PIECE do
    local found = redis.call("ZRANGE", key, from, from + PIECE - 1, "WITHSCORES")
    for i = 1, #found, 2 do
      local at = tonumber(found[i + 1])
      if count > limit and at ~= last then return end
      last = at
      for id in string.gmatch(found[i], "[^\n]+") do
        entries[#entries + 1] = { at, id }
        count = count + 1
      end
    end
    if #found < 2 * PIECE then return end
  end
end

gather(prefix .. KEY.leases)
gather(prefix .. KEY.deadlines)
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
