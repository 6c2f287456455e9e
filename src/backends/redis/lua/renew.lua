#!lua flags=allow-oom
-- Renews leases that are current, expired or not; `renew` of core/transitions.ts. Patches the record
-- in place: no new revision, no notice.
-- KEYS[1]  prefix of the partition
-- ARGV     for each renewal: id, attempt, nonce (16 bytes), lease in ms
-- Output   {time in µs, {verdict…}}: 0 lost, {end of the lease} held, {end, record} held and CANCELING
--- @include read-clock
--- @include unpack-head
--- @include is-leased
--- @include starts-of
--- @include lease-end
--- @include attention-at
--- @include change-chunk
--- @include flush-chunks
local prefix = KEYS[1]
local now, time = read_clock()
local verdicts = {}
-- Places in the index before and after; a lease may be renewed twice in a batch.
local moved_from, moved_to = {}, {}

local function renew(id, attempt, nonce, lease_ms)
  local key = prefix .. KEY.task .. id
  local bytes = redis.call("GETRANGE", key, 0, CONST.headSize + CONST.attemptSize - 1)
  if #bytes < CONST.headSize + CONST.attemptSize then return 0 end
  local head = unpack_head(bytes)
  if not is_leased(head[HEAD.state]) or starts_of(bytes, CONST.attemptSize) ~= attempt then return 0 end
  if string.sub(bytes, ATTEMPT_OFFSET.nonce + 1, ATTEMPT_OFFSET.nonce + 16) ~= nonce then return 0 end
  local _, force_at, deadline = struct.unpack("<I6I6I6", bytes, ATTEMPT_OFFSET.leaseEndAt + 1)
  local ends_at = lease_end(deadline, head[HEAD.totalDeadlineAt], now, lease_ms)
  redis.call("SETRANGE", key, ATTEMPT_OFFSET.leaseEndAt, struct.pack("<I6", ends_at))
  local flags = bit.bor(head[HEAD.flags], CONST.delivered)
  if head[HEAD.flags] ~= flags then redis.call("SETRANGE", key, OFFSET.flags, string.char(flags)) end
  moved_from[id] = moved_from[id] or attention_at(bytes)
  moved_to[id] = earliest(ends_at, force_at)
  if head[HEAD.state] == STATE.CANCELING then return { ends_at, redis.call("GET", key) } end
  return { ends_at }
end

for i = 1, #ARGV, 4 do
  verdicts[#verdicts + 1] = renew(ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2], tonumber(ARGV[i + 3]))
end
for id, from in pairs(moved_from) do
  drop_from_chunk(prefix .. KEY.leases, from, id)
  add_to_chunk(prefix .. KEY.leases, moved_to[id], id)
end
flush_chunks()
return { time, verdicts }
