--- @include earliest
-- The earliest time of these delayed sets, 0: all are empty.
local function earliest_due(due_key, names)
  local found = 0
  for from = 1, #names, 1000 do
    local dues = redis.call("ZMSCORE", due_key, unpack(names, from, math.min(from + 999, #names)))
    for _, due in ipairs(dues) do
      if due then found = earliest(found, tonumber(due)) end
    end
  end
  return found
end
