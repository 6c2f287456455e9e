-- Gathers members of a chunked set that go, and those that come in their place; "\n" is an empty one.
local function new_members()
  return { gone = {}, come = {} }
end

local function note_member(changes, before, after, score)
  local gone, come = changes.gone, changes.come
  if before then gone[#gone + 1] = before end
  if after ~= "\n" then
    come[#come + 1] = score
    come[#come + 1] = after
  end
end

-- Writes them, at most 1,000 in one command.
local function replace_members(key, changes)
  local gone, come = changes.gone, changes.come
  for from = 1, #gone, 1000 do
    redis.call("ZREM", key, unpack(gone, from, math.min(from + 999, #gone)))
  end
  for from = 1, #come, 2000 do
    redis.call("ZADD", key, unpack(come, from, math.min(from + 1999, #come)))
  end
end
