-- The head of a packed record as an array; HEAD.<field> is a field's index in it.
local function unpack_head(record)
  return { struct.unpack(CONST.headFormat, record) }
end
