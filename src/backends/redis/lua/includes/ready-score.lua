-- Place in the hand-out: by priority, then age. Below 2^53, so exact as a double.
local function ready_score(priority, order_at)
  return (CONST.maxPriority - priority) * CONST.priorityStep + order_at
end
