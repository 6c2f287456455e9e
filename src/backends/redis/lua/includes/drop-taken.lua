--- @include replace-members
-- Takes out of their members the ids before `taken_to` of each cursor.
local function drop_taken(cursors)
  local changes = {}
  for _, cursor in ipairs(cursors) do
    if cursor.taken_to then
      changes[cursor.key] = changes[cursor.key] or new_members()
      local rest = string.sub(cursor.member, cursor.taken_to - 1)
      note_member(changes[cursor.key], cursor.member, rest, cursor.score)
    end
  end
  for key, change in pairs(changes) do replace_members(key, change) end
end
