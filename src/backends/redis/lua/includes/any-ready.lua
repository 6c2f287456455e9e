-- Whether a ready set of these pairs has members.
local function any_ready(key_start, all)
  local keys = {}
  for i, entry in ipairs(all) do keys[i] = key_start .. entry[1] end
  for from = 1, #keys, 1000 do
    if redis.call("EXISTS", unpack(keys, from, math.min(from + 999, #keys))) > 0 then return true end
  end
  return false
end
