-- The stored state of a packed record.
local function state_of(record)
  return string.byte(record, OFFSET.state + 1)
end
