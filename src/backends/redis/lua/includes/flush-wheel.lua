--- @include add-to-wheel
-- Writes the gathered entries of the purge wheel.
local function flush_wheel(prefix)
  for minute, ids in pairs(wheel_changes) do
    local text = string.format("%d", minute)
    redis.call("RPUSH", prefix .. KEY.purgeMinute .. text, unpack(ids))
    redis.call("ZADD", prefix .. KEY.purgeMinutes, text, text)
  end
  wheel_changes = {}
end
