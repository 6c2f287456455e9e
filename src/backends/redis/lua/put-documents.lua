#!lua flags=allow-oom
-- Puts documents, on request only over an expected version, and drops a few that have expired.
-- KEYS[1]  prefix of the meta keys
-- ARGV[1]  channel of the notices
-- ARGV[2…] for each document: kind, key, value, time to live in ms ("" stays), expected version ("" any),
--          "1" to tell the servers
-- Output   {time in µs, {verdict…}}: {1, packed} put, {0, packed or false} conflict
--- @include read-clock
--- @include live-document
local prefix, channel = KEYS[1], ARGV[1]
local now, time = read_clock()
local expiries = prefix .. META.expiries
local verdicts = {}

local function put(kind, key, value, ttl, expected, notify)
  local hash, member = prefix .. META.documents .. kind, kind .. "\0" .. key
  local stored, version = live_document(redis.call("HGET", hash, key), now)
  if expected ~= "" and version ~= tonumber(expected) then
    -- The same put again finds what it made.
    local is_repeat = stored and version == tonumber(expected) + 1 and string.sub(stored, 25) == value
    return { is_repeat and 1 or 0, stored or false }
  end
  local expires_at = ttl == "" and 0 or now + tonumber(ttl)
  local packed = struct.pack("<ddd", version + 1, now, expires_at) .. value
  redis.call("HSET", hash, key, packed)
  if expires_at > 0 then
    redis.call("ZADD", expiries, expires_at, member)
  else
    redis.call("ZREM", expiries, member)
  end
  if notify == "1" then redis.call("PUBLISH", channel, cjson.encode({ d = { kind, key } })) end
  return { 1, packed }
end

for i = 2, #ARGV, 6 do
  verdicts[#verdicts + 1] = put(ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4], ARGV[i + 5])
end
for _, member in ipairs(redis.call("ZRANGEBYSCORE", expiries, "-inf", now, "LIMIT", 0, 10)) do
  local split = string.find(member, "\0", 1, true)
  local kind, key = string.sub(member, 1, split - 1), string.sub(member, split + 1)
  redis.call("HDEL", prefix .. META.documents .. kind, key)
  redis.call("ZREM", expiries, member)
end
return { time, verdicts }
