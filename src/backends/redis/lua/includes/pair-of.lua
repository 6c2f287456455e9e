-- Queue of a packed record, where its name begins, and where its name and its queue end.
local function queue_of(record)
  local name_from = CONST.headSize + struct.unpack("<I2", record, OFFSET.attemptLength + 1)
  local name_length, queue_length = struct.unpack("<I2I2", record, OFFSET.nameLength + 1)
  local queue_from = name_from + name_length
  local queue_to = queue_from + queue_length
  return string.sub(record, queue_from + 1, queue_to), name_from, queue_from, queue_to
end

-- "queue\0name" of a packed record.
local function pair_of(record)
  local queue, name_from, queue_from = queue_of(record)
  return queue .. "\0" .. string.sub(record, name_from + 1, queue_from)
end
