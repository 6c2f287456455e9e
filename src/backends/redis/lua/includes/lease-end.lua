--- @include earliest
-- The end of a lease of `lease_ms` that is taken or renewed now; as leaseEnd in core/record.ts.
local function lease_end(head, now, lease_ms)
  local deadline = earliest(head[HEAD.attemptDeadlineAt], head[HEAD.totalDeadlineAt])
  if deadline == 0 then return now + lease_ms end
  return math.min(now + lease_ms, deadline + CONST.leaseGraceMs)
end
