-- Gathers what the notice tells of a changed task: id, state, revision.
local noted_changes = {}
local function note_change(id, head)
  local count = #noted_changes
  noted_changes[count + 1] = id
  noted_changes[count + 2] = head[HEAD.state]
  noted_changes[count + 3] = head[HEAD.revision]
end
