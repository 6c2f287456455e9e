-- "queue\0name", queue and name of a packed record.
local function pair_of(record, head)
  local name_end = CONST.headSize + head[HEAD.nameLength]
  local queue_end = name_end + head[HEAD.queueLength]
  local name = string.sub(record, CONST.headSize + 1, name_end)
  local queue = string.sub(record, name_end + 1, queue_end)
  return queue .. "\0" .. name, queue, name
end
