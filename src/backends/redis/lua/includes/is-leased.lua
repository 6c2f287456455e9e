-- RUNNING or CANCELING.
local function is_leased(state)
  return state == STATE.RUNNING or state == STATE.CANCELING
end
