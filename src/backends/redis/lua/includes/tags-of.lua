--- @include pair-of
--- @include middle-end
-- The tags of a packed record, an array, and the one of its unique key or nil.
local function tags_of(record)
  local tags, unique = {}, nil
  local _, _, _, from = queue_of(record)
  local spec_length = struct.unpack("<I4", record, OFFSET.specLength + 1)
  for tag in string.gmatch(string.sub(record, from + 1, middle_end(record) - spec_length), "[^\n]+") do
    tags[#tags + 1] = tag
    if string.sub(tag, 1, 2) == CONST.uniqueTagStart then unique = tag end
  end
  return tags, unique
end
