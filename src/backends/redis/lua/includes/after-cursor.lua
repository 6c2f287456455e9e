--- @include is-before
-- Rank, from the highest, of the first member after a cursor (score, id) in a sorted set that is read
-- from high to low. The cursor's own member may be gone.
local function after_cursor(key, score, id)
  local rank = redis.call("ZREVRANK", key, id)
  if rank and tonumber(redis.call("ZSCORE", key, id)) == score then return rank + 1 end
  local low = redis.call("ZCOUNT", key, string.format("(%.17g", score), "+inf")
  local high = low + redis.call("ZCOUNT", key, score, score)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if is_before(redis.call("ZREVRANGE", key, middle, middle)[1], id) then
      high = middle
    else
      low = middle + 1
    end
  end
  return low
end
