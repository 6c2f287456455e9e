-- The reverse of unpack_head.
local function pack_head(head)
  return struct.pack(CONST.headFormat, unpack(head, 1, CONST.headCount))
end
