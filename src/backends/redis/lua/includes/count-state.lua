-- Gathers changes of the counters per queue and state; flush_counters writes them.
local counter_changes = {}
local function count_state(queue, state, change)
  local field = queue .. "\0" .. state
  counter_changes[field] = (counter_changes[field] or 0) + change
end
