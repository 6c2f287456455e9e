-- Notes a terminal task in the purge wheel's minute; flush_wheel writes it. Entries are never taken
-- out early: the purge checks each against the record.
local wheel_changes = {}
local function add_to_wheel(id, purge_at)
  local minute = math.floor(purge_at / 60000)
  local ids = wheel_changes[minute]
  if not ids then
    ids = { count = 0 }
    wheel_changes[minute] = ids
  end
  local count = ids.count + 1
  ids.count, ids[count] = count, id
end
