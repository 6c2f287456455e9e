-- The tags of a packed record, an array, and the one of its unique key or nil.
local function tags_of(record, head)
  local tags, unique = {}, nil
  if head[HEAD.tagsLength] == 0 then return tags, unique end
  local from = CONST.headSize + head[HEAD.nameLength] + head[HEAD.queueLength]
  local joined = string.sub(record, from + 1, from + head[HEAD.tagsLength])
  for tag in string.gmatch(joined, "[^\n]+") do
    tags[#tags + 1] = tag
    if string.sub(tag, 1, 2) == CONST.uniqueTagStart then unique = tag end
  end
  return tags, unique
end
