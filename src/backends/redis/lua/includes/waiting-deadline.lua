--- @include earliest
-- When a waiting task must end unstarted, 0: never; as waitingDeadlineAt in core/record.ts.
local function waiting_deadline(started_at, pending_deadline_at, total_deadline_at)
  return earliest(started_at == 0 and pending_deadline_at or 0, total_deadline_at)
end
