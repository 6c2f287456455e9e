--- @include unpack-head
--- @include pack-head
--- @include middle-end
-- A packed record with an empty spec: all that a filter looks at, in few bytes.
local function without_spec(record)
  local head = unpack_head(record)
  local spec_end = middle_end(head)
  local spec_from = spec_end - head[HEAD.specLength]
  head[HEAD.specLength] = 0
  return pack_head(head) .. string.sub(record, CONST.headSize + 1, spec_from) .. string.sub(record, spec_end + 1)
end
