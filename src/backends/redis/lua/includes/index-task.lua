--- @include change-zset
--- @include change-delayed
--- @include count-state
--- @include ready-score
--- @include waiting-deadline
--- @include is-waiting
--- @include is-leased
--- @include earliest
-- Puts a task in the indexes and counters of its state, or takes it out of them.
local function index_task(prefix, id, head, pair, queue, present)
  local state = head[HEAD.state]
  if state == STATE.PENDING then
    local score = ready_score(head[HEAD.priority], head[HEAD.orderAt])
    change_zset(prefix .. KEY.ready .. pair, id, present and score)
  elseif state == STATE.SCHEDULED then
    change_delayed(prefix, KEY.scheduled .. pair, id, present and head[HEAD.dueAt])
  elseif state == STATE.RETRYING then
    change_delayed(prefix, KEY.retrying .. pair, id, present and head[HEAD.dueAt])
  elseif is_leased(state) then
    local attention_at = earliest(head[HEAD.leaseEndAt], head[HEAD.forceAt])
    change_zset(prefix .. KEY.leases, id, present and attention_at)
  elseif state ~= STATE.SUCCEEDED then
    change_zset(prefix .. KEY.ended .. state, id, present and head[HEAD.createdAt])
  end
  if is_waiting(state) then
    local deadline = waiting_deadline(head)
    if deadline > 0 then change_zset(prefix .. KEY.deadlines, id, present and deadline) end
  end
  count_state(queue, state, present and 1 or -1)
end
