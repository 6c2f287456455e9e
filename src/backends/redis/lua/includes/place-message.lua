--- @include change-zset
--- @include change-delayed
--- @include ready-score
-- Puts a message among those that are due, or among those that are offered at a later time.
local function place_message(prefix, id, message, later_at)
  local score = ready_score(message.priority, message.order_at)
  change_zset(prefix .. BROKER_KEY.ready .. message.pair, id, not later_at and score)
  change_delayed(prefix, BROKER_KEY.later .. message.pair, id, later_at or false)
end
