--- @include middle-end
-- A packed record with an empty spec: all that a filter looks at, in few bytes.
local function without_spec(record)
  local spec_end = middle_end(record)
  local middle_length, spec_length = struct.unpack("<I4I4", record, OFFSET.middleLength + 1)
  return string.sub(record, 1, OFFSET.middleLength)
    .. struct.pack("<I4I4", middle_length - spec_length, 0)
    .. string.sub(record, OFFSET.revision + 1, spec_end - spec_length)
    .. string.sub(record, spec_end + 1)
end
