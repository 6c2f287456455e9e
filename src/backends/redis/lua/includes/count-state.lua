-- Gathers changes of the counters per queue and state; flush_counters writes them.
local counter_changes = {}
local function count_state(queue, state, change)
  local states = counter_changes[queue]
  if not states then
    states = {}
    counter_changes[queue] = states
  end
  states[state] = (states[state] or 0) + change
end
