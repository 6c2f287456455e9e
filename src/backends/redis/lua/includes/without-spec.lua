--- @include unpack-head
--- @include pack-head
--- @include middle-end
-- A packed record with an empty spec: all that a filter looks at, in few bytes.
local function without_spec(record)
  local head = unpack_head(record)
  local spec_end = middle_end(head)
  local spec_from = spec_end - head[HEAD.specLength]
  head[HEAD.specLength] = 0
  local names = string.sub(record, CONST.headSize + 1, spec_from)
  return pack_head(head) .. names .. string.sub(record, spec_end + 1)
end
