--- @include change-delayed
-- After flush_zsets: keeps in `due_key`, for each delayed set that was changed, its earliest time.
local function flush_delayed(prefix, due_key)
  for name in pairs(delayed_changes) do
    local first = redis.call("ZRANGE", prefix .. name, 0, 0, "WITHSCORES")
    if first[1] then
      redis.call("ZADD", due_key, first[2], name)
    else
      redis.call("ZREM", due_key, name)
    end
  end
  delayed_changes = {}
end
