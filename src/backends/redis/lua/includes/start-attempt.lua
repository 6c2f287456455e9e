--- @include lease-end
--- @include middle-end
--- @include pack-head
-- `start` of core/transitions.ts: the record with a new attempt that holds the lease. Changes `head`.
-- lease: nonce (16 bytes), session, worker, lease_ms, delivered (0 or 1).
local function start_attempt(record, head, lease, now)
  local spec_end = middle_end(head)
  local rest_from = spec_end + head[HEAD.workerLength] + head[HEAD.sessionLength] + 1
  local timeout = head[HEAD.attemptTimeoutMs]
  head[HEAD.state] = STATE.RUNNING
  head[HEAD.revision] = head[HEAD.revision] + 1
  head[HEAD.updatedAt] = now
  head[HEAD.attempt] = head[HEAD.attempt] + 1
  head[HEAD.charged] = head[HEAD.charged] + 1
  if head[HEAD.startedAt] == 0 then head[HEAD.startedAt] = now end
  head[HEAD.attemptStartedAt] = now
  head[HEAD.attemptDeadlineAt] = timeout == 0 and 0 or now + timeout
  head[HEAD.leaseEndAt] = lease_end(head, now, lease.lease_ms)
  head[HEAD.nonce] = lease.nonce
  head[HEAD.flags] = lease.delivered
  head[HEAD.attemptEvents] = 0
  head[HEAD.attemptOutputs] = 0
  head[HEAD.forceAt] = 0
  head[HEAD.workerLength] = #lease.worker
  head[HEAD.sessionLength] = #lease.session
  local middle = string.sub(record, CONST.headSize + 1, spec_end)
  return pack_head(head) .. middle .. lease.worker .. lease.session .. string.sub(record, rest_from)
end
