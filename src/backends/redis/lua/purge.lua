#!lua flags=allow-oom
-- Deletes terminal tasks whose purge time has passed. The wheel's entries are only hints: what was
-- retried or removed since is dropped, what is not due yet stays in its minute.
-- KEYS[1]  prefix of the partition
-- ARGV[1]  channel of the notices
-- ARGV[2]  how many entries to look at
-- Output   {time in µs, deleted, when to look again in ms or 0}
--- @include read-clock
--- @include unpack-head
--- @include drop-task
--- @include commit
local prefix, channel, limit = KEYS[1], ARGV[1], tonumber(ARGV[2])
local now, time = read_clock()
local minutes = prefix .. KEY.purgeMinutes
local this_minute = math.floor(now / 60000)
local deleted, seen, again_at = 0, 0, 0

-- Deletes the task of an entry, or tells when its time will come in this minute.
local function purge(id, minute)
  local record = redis.call("GET", prefix .. KEY.task .. id)
  if not record then return nil end
  local head = unpack_head(record)
  local purge_at = head[HEAD.purgeAt]
  if purge_at == 0 or math.floor(purge_at / 60000) ~= minute then return nil end
  if purge_at > now then return purge_at end
  drop_task(prefix, id, record, head)
  deleted = deleted + 1
  return nil
end

-- Looks at a minute's entries, the whole list at most; tells when the first of those left is due.
local function purge_minute(minute, text)
  local key = prefix .. KEY.purgeMinute .. text
  local length = redis.call("LLEN", key)
  local count = math.min(length, limit - seen)
  local deleted_before, kept, kept_at = deleted, {}, 0
  for _, id in ipairs(redis.call("LPOP", key, count) or {}) do
    local purge_at = purge(id, minute)
    if purge_at then
      kept[#kept + 1] = id
      kept_at = kept_at == 0 and purge_at or math.min(kept_at, purge_at)
    end
  end
  seen = seen + count
  if #kept > 0 then redis.call("RPUSH", key, unpack(kept)) end
  if count == length then
    if #kept == 0 then redis.call("ZREM", minutes, text) end
    return kept_at
  end
  -- A long minute of which the part looked at held nothing due waits for its end.
  if deleted == deleted_before and #kept == count then return (minute + 1) * 60000 end
  return now
end

for _, text in ipairs(redis.call("ZRANGEBYSCORE", minutes, "-inf", this_minute, "LIMIT", 0, limit)) do
  if seen >= limit then break end
  again_at = purge_minute(tonumber(text), text)
end
commit(prefix, channel)
if again_at == 0 then
  local first = redis.call("ZRANGE", minutes, 0, 0)[1]
  if first then
    again_at = math.max(tonumber(first) * 60000, now)
  end
end
return { time, deleted, again_at }
