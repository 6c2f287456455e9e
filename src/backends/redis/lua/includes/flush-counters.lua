--- @include count-state
-- Writes the gathered changes of counters. A counter of 0 stays: its queue had tasks.
local function flush_counters(prefix)
  for queue, states in pairs(counter_changes) do
    for state, change in pairs(states) do
      if change ~= 0 then redis.call("HINCRBY", prefix .. KEY.counters, queue .. "\0" .. state, change) end
    end
  end
  counter_changes = {}
end
