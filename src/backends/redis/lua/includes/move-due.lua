--- @include unpack-head
--- @include change-chunk
--- @include change-delayed
--- @include count-state
--- @include ready-score
-- Makes tasks whose time has come PENDING, at most `limit` of one delayed set; a reader sees no
-- change. `kind` is KEY.scheduled or KEY.retrying. Gives how many it looked at.
local function move_due(prefix, kind, pair, queue, now, limit)
  local ids = redis.call("ZRANGEBYSCORE", prefix .. kind .. pair, "-inf", now, "LIMIT", 0, limit)
  for _, id in ipairs(ids) do
    local key = prefix .. KEY.task .. id
    local bytes = redis.call("GETRANGE", key, 0, CONST.headSize - 1)
    if #bytes == CONST.headSize then
      local head = unpack_head(bytes)
      local score = ready_score(head[HEAD.priority], head[HEAD.orderAt])
      redis.call("SETRANGE", key, OFFSET.state, string.char(STATE.PENDING))
      add_alone(prefix .. KEY.ready .. pair, score, id)
      count_state(queue, head[HEAD.state], -1)
      count_state(queue, STATE.PENDING, 1)
    end
    change_delayed(prefix, kind .. pair, id, false)
  end
  return #ids
end
