--- @include state-of
-- Id and record of the task that holds a unique key against task `id`, or nil. The holder is checked
-- against its record: a key is free whose task is gone, whose window is over, or, without a window,
-- whose task is terminal (holdsKey in core/record.ts).
local function unique_holder(prefix, tag, id, replaces, now)
  local claim = redis.call("GET", prefix .. KEY.unique .. tag)
  if not claim then return nil end
  local until_at, holder = string.match(claim, "^(%d+) (.+)$")
  if holder == id or holder == replaces then return nil end
  local record = redis.call("GET", prefix .. KEY.task .. holder)
  if not record then return nil end
  until_at = tonumber(until_at)
  if until_at > 0 and until_at <= now then return nil end
  if until_at == 0 and state_of(record) >= STATE.SUCCEEDED then return nil end
  return holder, record
end
