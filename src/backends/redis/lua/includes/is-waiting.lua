-- SCHEDULED, PENDING or RETRYING.
local function is_waiting(state)
  return state == STATE.PENDING or state == STATE.SCHEDULED or state == STATE.RETRYING
end
