--- @include add-to-wheel
-- Writes the gathered entries of the purge wheel.
local function flush_wheel(prefix)
  for minute, ids in pairs(wheel_changes) do
    redis.call("RPUSH", prefix .. KEY.purgeMinute .. minute, unpack(ids))
    redis.call("ZADD", prefix .. KEY.purgeMinutes, minute, minute)
  end
  wheel_changes = {}
end
