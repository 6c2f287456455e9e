#!lua flags=no-writes
-- Records of tasks that stand in any of some indexes by creation, newest first (then by id, falling).
-- KEYS[1]  prefix of the partition
-- ARGV[1]  creation time and [2] id of the cursor, "" for none; [3] lowest and [4] highest creation
--          time, as in ZRANGEBYSCORE
-- ARGV[5]  most records, [6] most bytes (one record at least), [7] "1": without specs
-- ARGV[8…] indexes, as parts of keys
-- Output   {time in µs, 1 at the end, {createdAt, id, record or false…}}
--- @include read-clock
--- @include after-cursor
--- @include without-spec
local prefix = KEYS[1]
local _, time = read_clock()
local count, max_bytes, slim = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7] == "1"
local lowest = ARGV[3] == "-inf" and 0 or tonumber(ARGV[3])

local function fetch(index)
  local key = prefix .. index
  if ARGV[1] == "" then
    return redis.call("ZREVRANGEBYSCORE", key, ARGV[4], ARGV[3], "WITHSCORES", "LIMIT", 0, count)
  end
  local from = after_cursor(key, tonumber(ARGV[1]), ARGV[2])
  return redis.call("ZREVRANGE", key, from, from + count - 1, "WITHSCORES")
end

local entries, seen, is_end = {}, {}, true
for i = 8, #ARGV do
  local found = fetch(ARGV[i])
  if #found >= 2 * count and tonumber(found[#found]) >= lowest then is_end = false end
  for at = 1, #found, 2 do
    local id, score = found[at], tonumber(found[at + 1])
    if score >= lowest and not seen[id] then
      seen[id] = true
      entries[#entries + 1] = { score, id }
    end
  end
end
table.sort(entries, function(a, b)
  if a[1] ~= b[1] then return a[1] > b[1] end
  return is_before(b[2], a[2])
end)

local out, bytes = {}, 0
for i, entry in ipairs(entries) do
  if i > count or bytes >= max_bytes then
    is_end = false
    break
  end
  local record = redis.call("GET", prefix .. KEY.task .. entry[2])
  if record and slim then record = without_spec(record) end
  bytes = bytes + (record and #record or 0)
  out[#out + 1], out[#out + 2], out[#out + 3] = string.format("%.0f", entry[1]), entry[2], record
end
return { time, is_end and 1 or 0, out }
