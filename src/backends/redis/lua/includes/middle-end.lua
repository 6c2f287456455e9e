-- Bytes of a record up to and including its spec: what never changes in length.
local function middle_end(head)
  return CONST.headSize
    + head[HEAD.nameLength]
    + head[HEAD.queueLength]
    + head[HEAD.tagsLength]
    + head[HEAD.specLength]
end
