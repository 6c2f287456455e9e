-- Bytes of a record up to and including its spec, and up to where its middle begins.
local function middle_end(record)
  local attempt_length, middle_length = struct.unpack("<I2I4", record, OFFSET.attemptLength + 1)
  local from = CONST.headSize + attempt_length
  return from + middle_length, from
end
