#!lua flags=allow-oom
-- Renews leases that are current, expired or not; `renew` of core/transitions.ts. Patches the record
-- in place: no new revision, no notice.
-- KEYS[1]  prefix of the partition
-- ARGV     for each renewal: id, attempt, nonce (16 bytes), lease in ms
-- Output   {time in µs, {verdict…}}: 0 lost, {end of the lease} held, {end, record} held and CANCELING
--- @include read-clock
--- @include unpack-head
--- @include is-leased
--- @include lease-end
--- @include change-zset
--- @include flush-zsets
local prefix = KEYS[1]
local now, time = read_clock()
local verdicts = {}

local function renew(id, attempt, nonce, lease_ms)
  local key = prefix .. KEY.task .. id
  local bytes = redis.call("GETRANGE", key, 0, CONST.headSize - 1)
  if #bytes < CONST.headSize then return 0 end
  local head = unpack_head(bytes)
  if not is_leased(head[HEAD.state]) then return 0 end
  if head[HEAD.attempt] ~= attempt or head[HEAD.nonce] ~= nonce then return 0 end
  local ends_at = lease_end(head, now, lease_ms)
  redis.call("SETRANGE", key, OFFSET.leaseEndAt, struct.pack("<d", ends_at))
  if head[HEAD.flags] ~= 1 then redis.call("SETRANGE", key, OFFSET.flags, "\1") end
  change_zset(prefix .. KEY.leases, id, earliest(ends_at, head[HEAD.forceAt]))
  if head[HEAD.state] == STATE.CANCELING then return { ends_at, redis.call("GET", key) } end
  return { ends_at }
end

for i = 1, #ARGV, 4 do
  verdicts[#verdicts + 1] = renew(ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2], tonumber(ARGV[i + 3]))
end
flush_zsets()
return { time, verdicts }
