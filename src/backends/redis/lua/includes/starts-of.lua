-- Attempt, charged attempts and first start of a packed record; all 0 where it has no attempt part.
local function starts_of(record, attempt_length)
  if attempt_length == 0 then return 0, 0, 0 end
  return struct.unpack("<I4I4I6", record, ATTEMPT_OFFSET.attempt + 1)
end
