--- @include locals
-- The stored state of a packed record.
local function state_of(record)
  return byte(record, OFFSET.state + 1)
end
