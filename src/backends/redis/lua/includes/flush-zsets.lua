--- @include change-zset
-- Makes the gathered changes of sorted sets, at most 1,000 members in one command.
local function flush_zsets()
  for key, changes in pairs(zset_changes) do
    local adds, added, drops, dropped = {}, 0, {}, 0
    for member, score in pairs(changes) do
      if score then
        -- As text: Redis would format a number as a fraction, at three times the cost.
        adds[added + 1], adds[added + 2] = string.format("%d", score), member
        added = added + 2
      else
        dropped = dropped + 1
        drops[dropped] = member
      end
    end
    for from = 1, added, 2000 do
      redis.call("ZADD", key, unpack(adds, from, math.min(from + 1999, added)))
    end
    for from = 1, dropped, 1000 do
      redis.call("ZREM", key, unpack(drops, from, math.min(from + 999, dropped)))
    end
  end
  zset_changes = {}
end
