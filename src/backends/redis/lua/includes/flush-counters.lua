--- @include count-state
-- Writes the gathered changes of counters. A counter of 0 stays: its queue had tasks.
local function flush_counters(prefix)
  for field, change in pairs(counter_changes) do
    if change ~= 0 then redis.call("HINCRBY", prefix .. KEY.counters, field, change) end
  end
  counter_changes = {}
end
