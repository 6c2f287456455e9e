-- "queue\0name", queue and name of a packed record, and where they end.
local function pair_of(record)
  local name_from = CONST.headSize + struct.unpack("<I2", record, OFFSET.attemptLength + 1)
  local name_length, queue_length = struct.unpack("<I2I2", record, OFFSET.nameLength + 1)
  local queue_from = name_from + name_length
  local name = string.sub(record, name_from + 1, queue_from)
  local queue = string.sub(record, queue_from + 1, queue_from + queue_length)
  return queue .. "\0" .. name, queue, name, queue_from + queue_length
end
