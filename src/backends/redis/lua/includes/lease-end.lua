--- @include earliest
-- The end of a lease of `lease_ms` that is taken or renewed now; as leaseEnd in core/record.ts.
local function lease_end(attempt_deadline_at, total_deadline_at, now, lease_ms)
  local deadline = earliest(attempt_deadline_at, total_deadline_at)
  if deadline == 0 then return now + lease_ms end
  return math.min(now + lease_ms, deadline + CONST.leaseGraceMs)
end
