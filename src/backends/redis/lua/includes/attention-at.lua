--- @include locals
--- @include earliest
-- When the rescuer must look at a task that is leased; as attentionAt in core/record.ts.
local function attention_at(record)
  local lease_end_at, force_at = read_numbers("<I6I6", record, ATTEMPT_OFFSET.leaseEndAt + 1)
  return earliest(lease_end_at, force_at)
end
