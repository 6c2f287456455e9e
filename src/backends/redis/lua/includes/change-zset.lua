-- Gathers changes of sorted sets: flush_zsets makes one command of those for the same key. The last
-- change of a member counts; score false removes it.
local zset_changes = {}
local function change_zset(key, member, score)
  local changes = zset_changes[key]
  if not changes then
    changes = {}
    zset_changes[key] = changes
  end
  changes[member] = score
end
