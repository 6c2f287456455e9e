#!lua flags=allow-oom
-- Deletes terminal tasks whose purge time has passed. The wheel's entries are only hints: what was
-- retried or removed since is dropped, what is not due yet stays in its minute.
-- KEYS[1]  prefix of the partition
-- ARGV[1]  how many entries to look at
-- Output   {time in µs, deleted, when to look again in ms or 0}
--- @include read-clock
--- @include drop-task
--- @include commit
local prefix, limit = KEYS[1], tonumber(ARGV[1])
local now, time = read_clock()
local minutes = prefix .. KEY.purgeMinutes
local this_minute = math.floor(now / 60000)
local deleted, seen, again_at = 0, 0, 0
local keys, dropped = {}, {}
-- Mostly enough for all but the spec, which the purge has no need of.
local FIRST_BYTES = 256

-- A record up to its tags at least, or nil.
local function read_start(key)
  local record = redis.call("GETRANGE", key, 0, FIRST_BYTES - 1)
  if #record < CONST.headSize then return nil end
  local spec_length = struct.unpack("<I4", record, OFFSET.specLength + 1)
  if #record == FIRST_BYTES and middle_end(record) - spec_length > #record then
    return redis.call("GET", key)
  end
  return record
end

-- Deletes the task of an entry, or tells when its time will come in this minute.
local function purge(id, minute)
  -- A task that ended twice within a minute is in its list twice, and is deleted at the end of the script.
  local record = not dropped[id] and read_start(prefix .. KEY.task .. id)
  if not record or state_of(record) < STATE.SUCCEEDED then return nil end
  local purge_at = struct.unpack("<I6", record, ATTEMPT_OFFSET.purgeAt + 1)
  if math.floor(purge_at / 60000) ~= minute then return nil end
  if purge_at > now then return purge_at end
  dropped[id] = true
  drop_task(prefix, id, record, keys)
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
for from = 1, #keys, 3000 do
  redis.call("DEL", unpack(keys, from, math.min(from + 2999, #keys)))
end
commit(prefix)
if again_at == 0 then
  local first = redis.call("ZRANGE", minutes, 0, 0)[1]
  if first then
    again_at = math.max(tonumber(first) * 60000, now)
  end
end
return { time, deleted, again_at }
