--- @include change-zset
--- @include change-delayed
-- Takes a message out of the sets that it may stand in.
local function drop_message(prefix, id, message)
  change_zset(prefix .. BROKER_KEY.ready .. message.pair, id, false)
  change_delayed(prefix, BROKER_KEY.later .. message.pair, id, false)
end
