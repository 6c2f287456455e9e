--- @include earliest
-- When a waiting task must end unstarted, 0: never; as waitingDeadlineAt in core/record.ts.
local function waiting_deadline(head)
  local pending = 0
  if head[HEAD.startedAt] == 0 then pending = head[HEAD.pendingDeadlineAt] end
  return earliest(pending, head[HEAD.totalDeadlineAt])
end
