-- The earlier of two times, where 0 means none.
local function earliest(a, b)
  if a == 0 then return b end
  if b == 0 then return a end
  return math.min(a, b)
end
