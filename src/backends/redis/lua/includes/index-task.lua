--- @include unpack-head
--- @include change-zset
--- @include change-delayed
--- @include change-chunk
--- @include ready-score
--- @include starts-of
--- @include waiting-deadline
--- @include attention-at
--- @include is-waiting
--- @include is-leased
local leases_key = KEYS[1] .. KEY.leases

local function index_waiting(prefix, id, record, state, pair, present)
  local head = unpack_head(record)
  if state == STATE.PENDING then
    local score = ready_score(head[HEAD.priority], head[HEAD.orderAt])
    local change = present and add_alone or drop_from_chunk
    change(prefix .. KEY.ready .. pair, score, id)
  else
    local kind = state == STATE.SCHEDULED and KEY.scheduled or KEY.retrying
    change_delayed(prefix, kind .. pair, id, present and head[HEAD.dueAt])
  end
  local _, _, started_at = starts_of(record, head[HEAD.attemptLength])
  local deadline = waiting_deadline(started_at, head[HEAD.pendingDeadlineAt], head[HEAD.totalDeadlineAt])
  if deadline > 0 then change_zset(prefix .. KEY.deadlines, id, present and deadline) end
end

-- Puts a task in the indexes of its state, or takes it out of them. `record` is a packed record, or the start of one;
-- `pair` is needed where the task waits.
local function index_task(prefix, id, record, state, pair, present)
  if is_leased(state) then
    local change = present and add_to_chunk or drop_from_chunk
    change(leases_key, attention_at(record), id)
  elseif is_waiting(state) then
    index_waiting(prefix, id, record, state, pair, present)
  elseif state ~= STATE.SUCCEEDED then
    local created_at = struct.unpack("<I6", record, OFFSET.createdAt + 1)
    change_zset(prefix .. KEY.ended .. state, id, present and created_at)
  end
end
