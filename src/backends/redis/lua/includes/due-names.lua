-- Those of the delayed sets in which something is due, as positions in `names`.
local function due_names(due_key, names, now)
  local positions = {}
  for from = 1, #names, 1000 do
    local dues = redis.call("ZMSCORE", due_key, unpack(names, from, math.min(from + 999, #names)))
    for i, due in ipairs(dues) do
      if due and tonumber(due) <= now then positions[#positions + 1] = from + i - 1 end
    end
  end
  return positions
end
